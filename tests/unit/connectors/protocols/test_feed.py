"""The two change feeds: VNeID accounts and the register of civil servants read pages and tokens alike."""

from typing import Any

import pytest

from connectors.sources.ccvc import Ccvc
from connectors.sources.vneid import Vneid
from lienthong.ports import Source
from tests.fake_systems import (
    FakeFeed,
    FakeServer,
    json_reply,
    make_site,
    poll_completely,
    poll_until_failure,
    query_of,
)


def vneid(server: FakeServer, **settings: Any) -> Source:
    options = {"url": "http://vneid/", "client_id": "lienthong", "client_secret": "s", "key_salt": "muối"}
    return Vneid(make_site(), server.http(), **{**options, **settings})


def ccvc(server: FakeServer, **settings: Any) -> Source:
    return Ccvc(make_site(), server.http(), **{"url": "http://ccvc/", "api_key": "s3cret", **settings})


both = pytest.mark.parametrize("source", [vneid, ccvc])


def feed_of(*items: Any) -> tuple[FakeFeed, FakeServer]:
    feed = FakeFeed()
    feed.items = list(items)
    return feed, FakeServer(feed)


@both
def test_a_feed_is_read_page_by_page_and_continued_from_its_token(source: Any) -> None:
    feed, server = feed_of(*({"n": number} for number in range(5)))
    pages = list(source(server, page_size=2).poll({}))
    assert [[record.body["n"] for record in page.records] for page in pages] == [[0, 1], [2, 3], [4]]
    assert [page.cursor for page in pages] == [{"after": "1:2"}, {"after": "1:4"}, {"after": "1:5"}]
    feed.items.append({"n": 5})
    records, cursor = poll_completely(source(server), pages[-1].cursor)
    assert [record.body["n"] for record in records] == [5]
    assert poll_completely(source(server), cursor) == ([], cursor)


@both
def test_a_new_feed_is_read_from_its_beginning(source: Any) -> None:
    feed, server = feed_of({"n": 1}, {"n": 2})
    _, cursor = poll_completely(source(server), {})
    feed.feed = 2
    records, cursor = poll_completely(source(server), cursor)
    assert [record.body["n"] for record in records] == [1, 2]
    assert cursor == {"after": "2:2"}


@both
def test_a_feed_that_is_always_answered_with_410_is_transient(source: Any) -> None:
    _, server = feed_of()
    server.fault = lambda number, request: json_reply({}, 410) if "/api/" in request.url.path else None
    _, cursor, failure = poll_until_failure(source(server), {"after": "1:1"})
    assert failure
    assert cursor == {"after": "1:1"}
    assert sum("/api/" in request.url.path for request in server.requests) == 2


@both
def test_the_pages_before_a_failure_are_kept(source: Any) -> None:
    _, server = feed_of(*({"n": number} for number in range(4)))
    server.fault = lambda number, request: json_reply({}, 500) if query_of(request).get("after") == "1:2" else None
    records, cursor, failure = poll_until_failure(source(server, page_size=2), {})
    assert failure
    assert (len(records), cursor) == (2, {"after": "1:2"})


@both
@pytest.mark.parametrize(
    "reply",
    [
        [],
        {},
        {"items": None, "next": "1", "more": False},
        {"items": [], "next": [], "more": False},
        {"items": [], "next": "", "more": True},
        {"items": [], "next": "1", "more": "yes"},
        {"items": 3, "next": "1:2", "more": False},
        {"items": {"other": "x"}, "next": "1:2", "more": False},
        {"items": [], "next": "x" * 5000, "more": False},
        {"items": [], "next": {"a": 1}, "more": False},
        {"items": [], "next": True, "more": False},
        {"items": [], "next": "1:1", "more": True},
    ],
)
def test_a_reply_of_another_form_or_that_does_not_continue_is_transient(source: Any, reply: object) -> None:
    _, server = feed_of()
    server.fault = lambda number, request: json_reply(reply) if "/api/" in request.url.path else None
    records, cursor, failure = poll_until_failure(source(server), {"after": "1:1"})
    assert failure
    assert (records, cursor) == ([], {"after": "1:1"})


@both
def test_a_last_reply_without_a_token_keeps_the_cursor(source: Any) -> None:
    _, server = feed_of()
    server.fault = lambda number, request: json_reply({"items": []}) if "/api/" in request.url.path else None
    assert poll_completely(source(server), {"after": "1:1"}) == ([], {"after": "1:1"})


@both
@pytest.mark.parametrize("item", [None, 3, "x", [], {}, {"citizenPid": None}, {"soHieuCBCCVC": [], "ngayBatDau": "x"}])
def test_a_malformed_item_is_received_without_a_key(source: Any, item: Any) -> None:
    _, server = feed_of(item)
    assert [record.key for record in poll_completely(source(server), {})[0]] == [""]


def _pages(server: FakeServer, pages: dict[str, object]) -> None:
    """Answer each token with a reply of its own."""
    server.fault = lambda number, request: (
        json_reply(pages[query_of(request)["after"]]) if "/api/" in request.url.path else None
    )


@both
def test_tokens_that_go_round_in_a_circle_end_the_poll_after_everything_was_read(source: Any) -> None:
    _, server = feed_of()
    replies = {
        "": {"items": [{"n": 0}], "next": "A", "more": True},
        "A": {"items": [{"n": 1}], "next": "B", "more": True},
        "B": {"items": [{"n": 2}], "next": "A", "more": True},
    }
    _pages(server, replies)
    records, cursor, failure = poll_until_failure(source(server), {})
    assert [record.body["n"] for record in records] == [0, 1, 2]
    assert failure
    assert "mãi cùng một trang" in failure.why
    assert cursor == {"after": "B"}
    replies["B"] = {"items": [{"n": 2}, {"n": 3}], "next": "C", "more": False}
    records, cursor = poll_completely(source(server), cursor)
    assert [record.body["n"] for record in records] == [2, 3]
    assert cursor == {"after": "C"}


@both
def test_a_page_that_comes_again_under_ever_new_tokens_ends_the_poll(source: Any) -> None:
    _, server = feed_of()
    server.fault = lambda number, request: (
        json_reply({"items": [{"n": 1}], "next": str(number), "more": True}) if "/api/" in request.url.path else None
    )
    records, _, failure = poll_until_failure(source(server), {})
    assert (failure is not None, len(records)) == (True, 2)


@both
def test_a_feed_without_end_is_read_in_parts_that_each_poll_continues(source: Any) -> None:
    _, server = feed_of()
    server.fault = lambda number, request: (
        json_reply({"items": [{"n": number}], "next": f"t{number}", "more": True})
        if "/api/" in request.url.path
        else None
    )
    records, cursor, failure = poll_until_failure(source(server, page_limit=3), {})
    assert (len(records), failure is not None) == (3, True)
    again, later, _ = poll_until_failure(source(server, page_limit=3), cursor)
    assert len({record.body["n"] for record in [*records, *again]}) == 6
    assert later != cursor


ONE = {"citizenPid": "052085100101", "soHieuCBCCVC": "H08.1", "ngayBatDau": "20231101"}


@both
@pytest.mark.parametrize(
    "items", [[ONE], ONE, {"0": ONE}, [[ONE]], {"item": [ONE]}, {"item": ONE}], ids=lambda items: str(items)[:20]
)
@pytest.mark.parametrize("token", ["7", 7, ["7"], {"#text": "7"}], ids=str)
@pytest.mark.parametrize("more", [False, "false", 0, None, ["false"]], ids=str)
def test_items_tokens_and_the_end_are_read_as_what_they_plainly_are(
    source: Any, items: object, token: object, more: object
) -> None:
    _, server = feed_of()
    server.fault = lambda number, request: (
        json_reply({"items": items, "next": token, "more": more}) if "/api/" in request.url.path else None
    )
    records, cursor = poll_completely(source(server), {})
    assert [record.body for record in records] == [ONE]
    assert cursor == {"after": "7"}
