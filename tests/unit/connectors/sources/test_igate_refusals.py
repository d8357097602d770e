"""What iGate does not show as a whole: deep pages, single dossiers that break a page, listings without end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from connectors.protocols.look_back import Tier
from connectors.sources.igate import Igate
from lienthong.envelope import parse_utc
from tests.fake_systems import (
    NOON,
    days,
    json_reply,
    make_site,
    poll_completely,
    poll_until_failure,
    query_of,
    record_keys,
)
from tests.unit.connectors.sources.test_igate import Setup

DEEPEST = 6
TIERS = (
    Tier(back=timedelta(minutes=15), every=timedelta(minutes=5)),
    Tier(back=timedelta(hours=2), every=timedelta(minutes=15)),
    Tier(back=days(1), every=timedelta(hours=2)),
    *(Tier(back=days(count), at="02:00") for count in (2, 4, 7)),
)


def deep_pages_refused(status: int, body: object = None) -> Callable[[int, httpx.Request], httpx.Response | None]:
    """Beyond six elements every page is refused, whatever it would hold."""

    def answer(number: int, request: httpx.Request) -> httpx.Response | None:
        if "search" not in request.url.path:
            return None
        query = query_of(request)
        reached = (int(query["page"]) + 1) * int(query["size"])
        return json_reply(body if body is not None else {}, status) if reached > DEEPEST else None

    return answer


def filled(count: int = 40, **settings: Any) -> Setup:
    setup = Setup(page_size=2, **settings)
    for number in range(count):
        setup.igate.add(number, accepted=NOON - timedelta(hours=5 * (count - number)))
    return setup


def codes(setup: Setup) -> set[str]:
    return {dossier["code"] for dossier in setup.igate.dossiers}


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, None), (400, None), (504, None), (200, {"status": 500, "message": "Result window is too large"})],
)
def test_windows_whose_deep_pages_are_refused_are_cut_until_all_is_read(status: int, body: object) -> None:
    setup = filled()
    setup.server.fault = deep_pages_refused(status, body)
    records, cursor = poll_completely(setup.source, {})
    assert record_keys(records) == codes(setup)
    assert cursor == {"through": NOON.isoformat()}


def test_once_the_depth_is_known_no_deep_page_is_asked_for() -> None:
    setup = filled()
    setup.server.fault = deep_pages_refused(400)
    poll_completely(setup.source, {})
    deep = [query for query in setup.searches() if (int(query["page"]) + 1) * int(query["size"]) > DEEPEST]
    assert len(deep) == 1


def running(setup: Setup) -> Igate:
    """A source of the same system that does not read the whole overlap with each poll."""
    given = {"url": "http://igate/", "client_id": "lienthong", "client_secret": "s3cret"}
    return Igate(make_site(setup.clock), setup.server.http(), look_back=TIERS, **given)


def breaking(setup: Setup, moment: datetime) -> None:
    """Every page of a window that contains the moment is refused."""

    def answer(number: int, request: httpx.Request) -> httpx.Response | None:
        query = query_of(request)
        if "accepted-from" not in query:
            return None
        start, end = (datetime.fromisoformat(query[f"accepted-{side}"]) for side in ("from", "to"))
        return json_reply({}, 500) if start <= moment < end else None

    setup.server.fault = answer


def test_one_dossier_that_breaks_every_page_costs_one_second_which_is_named_and_asked_for_again() -> None:
    setup = filled()
    broken = NOON - timedelta(hours=100)
    breaking(setup, broken)
    records, cursor, failure = poll_until_failure(setup.source, {})
    assert record_keys(records) == codes(setup) - {setup.igate.dossiers[20]["code"]}
    assert failure
    assert "chưa đọc được khoảng: accepted 11/11/2023 07:59:59" in failure.why
    ((date, start, end),) = cursor["unread"]
    assert date == "accepted"
    assert parse_utc(start) <= broken < parse_utc(end) <= parse_utc(start) + timedelta(seconds=1)
    assert cursor["through"] == NOON.isoformat()
    setup.server.fault = lambda number, request: None
    setup.clock.moment += timedelta(minutes=1)
    records, cursor = poll_completely(running(setup), cursor)
    assert setup.igate.dossiers[20]["code"] in record_keys(records)
    assert "unread" not in cursor


def test_a_system_that_refuses_everything_is_not_asked_again_and_again() -> None:
    setup = filled()
    setup.server.fault = lambda number, request: json_reply({}, 400) if "search" in request.url.path else None
    records, cursor, failure = poll_until_failure(setup.source, {"through": NOON.isoformat()})
    assert (records, cursor) == ([], {"through": NOON.isoformat()})
    assert failure
    assert len(setup.searches()) == 2


def test_a_listing_that_gives_one_page_for_ever_is_named_and_the_others_are_read() -> None:
    setup = Setup()
    setup.igate.add(1, returned=NOON - days(1))
    same = {"content": [{"code": "x", "id": "1"}], "last": False}
    setup.server.fault = lambda number, request: json_reply(same) if "accepted-from" in query_of(request) else None
    records, cursor, failure = poll_until_failure(setup.source, {})
    assert record_keys(records) == {"x", *codes(setup)}
    assert failure
    assert [date for date, *_ in cursor["unread"]] == ["accepted"]


@pytest.mark.slow
def test_a_listing_of_ever_new_pages_is_bounded_and_named() -> None:
    setup = Setup()
    setup.igate.add(1, returned=NOON - days(1))

    def endless(number: int, request: httpx.Request) -> httpx.Response | None:
        query = query_of(request)
        if "accepted-from" not in query:
            return None
        place = int(query["page"]) * int(query["size"])
        body = orjson.dumps({"content": [{"code": f"{place}", "id": f"{place}"}], "last": False})
        return httpx.Response(200, content=body)

    setup.server.fault = endless
    setup.source._page_size = 1
    records, _, failure = poll_until_failure(setup.source, {})
    assert codes(setup) <= record_keys(records)
    assert failure
    assert "không có trang cuối" in failure.why


@pytest.mark.parametrize("content", [{"code": "a", "id": "1"}, {"0": {"code": "a"}}, [[{"code": "a"}]]], ids=str)
def test_content_that_is_written_otherwise_is_read_as_what_it_plainly_is(content: object) -> None:
    setup = Setup()
    setup.server.fault = lambda number, request: (
        json_reply({"content": content, "totalElements": ["1"], "last": [True]})
        if "search" in request.url.path
        else None
    )
    assert record_keys(poll_completely(setup.source, {})[0]) == {"a"}


@pytest.mark.slow
def test_a_day_of_polls_asks_for_few_records_and_finds_a_late_change_when_its_tier_promises_it() -> None:
    setup = Setup(look_back=TIERS)
    for number in range(24 * 12):
        setup.igate.add(number, accepted=NOON - timedelta(hours=number))
    _, cursor = poll_completely(setup.source, {})
    changed = setup.igate.dossiers[30]
    changed["status"] = "x"
    found: list[timedelta] = []
    shown = 0
    for minutes in range(5, 24 * 60, 5):
        setup.clock.moment = NOON + timedelta(minutes=minutes)
        records, cursor = poll_completely(setup.source, cursor)
        shown += len(records)
        found += [timedelta(minutes=minutes) for record in records if record.body == changed]
    # It was accepted 30 hours ago: the tier of two days reads it the first night after that age.
    assert found == []
    for minutes in range(24 * 60, 48 * 60, 5):
        setup.clock.moment = NOON + timedelta(minutes=minutes)
        records, cursor = poll_completely(setup.source, cursor)
        found += [timedelta(minutes=minutes) for record in records if record.body == changed]
    assert found == [timedelta(hours=38)]
    assert shown < 24 * 8
