"""Where the portal's list of dossiers stands, days that it refuses, and the tiers of days that are read again."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from connectors.protocols.look_back import Tier
from tests.fake_systems import NOON, days, json_reply, poll_completely, poll_until_failure, record_keys
from tests.unit.connectors.sources.test_portal import Setup

A, B = {"MaHoSo": "a", "TaiLieuNop": []}, {"MaHoSo": "b", "TaiLieuNop": []}


def answered(reply: dict[str, Any], **settings: Any) -> Setup:
    setup = Setup(**{"overlap": days(0), **settings})
    setup.server.fault = lambda number, request: (
        json_reply({"error_code": "0", **reply}) if request.url.path.endswith("/g") else None
    )
    return setup


@pytest.mark.parametrize(
    "reply",
    [
        {"data": [A]},
        {"data": None, "result": [A]},
        {"data": [A], "result": None},
        {"data": [A], "result": []},
        {"data": "", "result": [A]},
        {"data": [A], "result": [A]},
        {"data": [A], "result": "Thành công"},
        {"data": A},
        {"data": {"0": A}},
        {"data": {"HoSo": [A]}},
        {"data": [[A]]},
    ],
    ids=str,
)
def test_the_list_is_read_where_it_plainly_is(reply: dict[str, Any]) -> None:
    records, cursor = poll_completely(answered(reply).source, {})
    assert record_keys(records) == {"a"}
    assert cursor == {"through": NOON.isoformat()}


@pytest.mark.parametrize(
    "reply",
    [
        {"data": [A], "result": [B]},
        {"data": [A], "result": [A, B]},
        {"data": A, "result": B},
        {"data": {"tong": 0}},
        {"data": 0},
        {"data": "x", "result": None},
        {"danhSach": [A]},
    ],
    ids=str,
)
def test_a_list_that_is_nowhere_or_twice_and_different_is_transient_and_the_cursor_stays(reply: dict[str, Any]) -> None:
    records, cursor, failure = poll_until_failure(answered(reply).source, {"through": NOON.isoformat()})
    assert (records, cursor) == ([], {"through": NOON.isoformat()})
    assert failure
    assert "danh sách hồ sơ" in failure.why
    assert "15/11/2023" in failure.why


def test_a_day_that_is_refused_is_named_and_the_others_are_read() -> None:
    setup = Setup(overlap=days(4))
    setup.portal.rows = [(f"2023-11-{day}", {"MaHoSo": str(day)}) for day in (11, 12, 13, 14, 15)]
    setup.server.fault = lambda number, request: (
        json_reply({"error_code": -1, "message": "quá nhiều"})
        if request.url.path.endswith("/g") and orjson.loads(request.content)["ngayNhan1"] == "2023-11-12"
        else None
    )
    records, cursor, failure = poll_until_failure(setup.source, {})
    assert record_keys(records) == {"11", "13", "14", "15"}
    assert failure
    assert "12/11/2023" in failure.why
    setup.server.fault = lambda number, request: None
    records, cursor = poll_completely(setup.source, cursor)
    assert "12" in record_keys(records)
    assert cursor == {"through": NOON.isoformat()}


def test_each_poll_reads_today_and_the_nightly_tiers_the_days_of_their_age() -> None:
    setup = Setup(overlap=days(12), look_back=[Tier(back=days(3), at="02:00")])
    _, cursor = poll_completely(setup.source, {})
    assert len(setup.requested_days()) == 13
    setup.clock.moment += timedelta(minutes=5)
    _, cursor = poll_completely(setup.source, cursor)
    assert setup.requested_days()[13:] == ["2023-11-15"]
    setup.clock.moment += timedelta(hours=14)
    _, cursor = poll_completely(setup.source, cursor)
    assert setup.requested_days()[14:] == [f"2023-11-{day:02}" for day in (3, 4, 12, 13, 15, 16)]
    setup.clock.moment += timedelta(minutes=5)
    poll_completely(setup.source, cursor)
    assert setup.requested_days()[20:] == ["2023-11-16"]
