"""The two change feeds: VNeID accounts and the register of civil servants."""

from typing import Any

import pytest

from connectors.sources.ccvc import Ccvc
from connectors.sources.vneid import Vneid
from lienthong.ports import Source
from tests.unit.connectors.sources.fakes import Door, FakeFeed, asked, json, keys, read, site, whole


def vneid(door: Door, **settings: Any) -> Source:
    options = {"url": "http://vneid/", "client_id": "lienthong", "client_secret": "s", "key_salt": "muối"}
    return Vneid(site(), door.http(), **{**options, **settings})


def ccvc(door: Door, **settings: Any) -> Source:
    return Ccvc(site(), door.http(), **{"url": "http://ccvc/", "api_key": "s3cret", **settings})


both = pytest.mark.parametrize("source", [vneid, ccvc])


def served(*items: Any) -> tuple[FakeFeed, Door]:
    feed = FakeFeed()
    feed.items = list(items)
    return feed, Door(feed)


@both
def test_a_feed_is_read_page_by_page_and_on_from_its_token(source: Any) -> None:
    feed, door = served(*({"n": number} for number in range(5)))
    pages = list(source(door, page_size=2).poll({}))
    assert [[record.body["n"] for record in page.records] for page in pages] == [[0, 1], [2, 3], [4]]
    assert [page.cursor for page in pages] == [{"after": "1:2"}, {"after": "1:4"}, {"after": "1:5"}]
    feed.items.append({"n": 5})
    records, cursor = whole(source(door), pages[-1].cursor)
    assert [record.body["n"] for record in records] == [5]
    assert whole(source(door), cursor) == ([], cursor)


@both
def test_a_feed_made_anew_is_read_from_its_beginning(source: Any) -> None:
    feed, door = served({"n": 1}, {"n": 2})
    _, cursor = whole(source(door), {})
    feed.feed = 2
    records, cursor = whole(source(door), cursor)
    assert [record.body["n"] for record in records] == [1, 2]
    assert cursor == {"after": "2:2"}


@both
def test_a_feed_that_is_always_gone_is_transient(source: Any) -> None:
    _, door = served()
    door.fault = lambda number, request: json({}, 410) if "/api/" in request.url.path else None
    _, cursor, failure = read(source(door), {"after": "1:1"})
    assert failure
    assert cursor == {"after": "1:1"}
    assert sum("/api/" in request.url.path for request in door.requests) == 2


@both
def test_a_failure_midway_keeps_the_pages_before_it(source: Any) -> None:
    _, door = served(*({"n": number} for number in range(4)))
    door.fault = lambda number, request: json({}, 500) if asked(request).get("after") == "1:2" else None
    records, cursor, failure = read(source(door, page_size=2), {})
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
def test_a_reply_of_another_shape_or_that_leads_nowhere_is_transient(source: Any, reply: object) -> None:
    _, door = served()
    door.fault = lambda number, request: json(reply) if "/api/" in request.url.path else None
    records, cursor, failure = read(source(door), {"after": "1:1"})
    assert failure
    assert (records, cursor) == ([], {"after": "1:1"})


@both
def test_a_reply_without_a_token_and_without_more_keeps_the_one_we_have(source: Any) -> None:
    _, door = served()
    door.fault = lambda number, request: json({"items": []}) if "/api/" in request.url.path else None
    assert whole(source(door), {"after": "1:1"}) == ([], {"after": "1:1"})


@both
@pytest.mark.parametrize("item", [None, 3, "x", [], {}, {"citizenPid": None}, {"soHieuCBCCVC": [], "ngayBatDau": "x"}])
def test_a_broken_item_is_taken_in_without_a_key(source: Any, item: Any) -> None:
    _, door = served(item)
    assert [record.key for record in whole(source(door), {})[0]] == [""]


def test_an_account_is_known_by_a_keyed_hash_and_never_by_its_number() -> None:
    written = ["052085001234", " 052.085.001.234", "052 085\u00a0001234"]
    _, door = served(*({"citizenPid": number, "accountLevel": 2} for number in written))
    records, _ = whole(vneid(door), {})
    (key,) = keys(records)
    assert key.startswith("vneid:")
    assert len(key) == len("vneid:") + 16
    assert "052085001234" not in key
    assert {record.type for record in records} == {"vneid.account"}
    assert [record.body["citizenPid"] for record in records] == written
    assert keys(whole(vneid(door, key_salt="khác"), {})[0]) != {key}


def test_a_number_that_came_as_a_number_has_a_key_too() -> None:
    _, door = served({"citizenPid": 123456789}, {"citizenPid": "123456789"})
    assert len(keys(whole(vneid(door), {})[0])) == 1


def test_a_period_of_service_is_known_by_staff_number_and_first_day() -> None:
    _, door = served({"soHieuCBCCVC": "H08.CC.1", "ngayBatDau": "20120301"}, {"soHieuCBCCVC": "H08.CC.2"})
    records, _ = whole(ccvc(door), {})
    assert [record.key for record in records] == ["H08.CC.1/20120301", "H08.CC.2/"]
    assert {record.type for record in records} == {"ccvc.record"}
    assert door.requests[0].headers["X-Api-Key"] == "s3cret"


def test_a_wrong_api_key_is_transient_and_not_shown() -> None:
    _, door = served()
    door.fault = lambda number, request: json({}, 401)
    _, _, failure = read(ccvc(door), {})
    assert failure
    assert "HTTP 401" in failure.why
    assert "s3cret" not in failure.why
    assert len(door.requests) == 1
