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
        {"items": [1], "next": "1:1", "more": True},
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
