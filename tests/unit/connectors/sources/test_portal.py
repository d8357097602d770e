"""The national portal."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.portal import Portal
from lienthong.envelope import LOCAL_ZONE
from lienthong.ports import Cursor
from tests.unit.connectors.sources.fakes import NOON, Door, FakeClock, FakePortal, days, json, keys, read, site, whole


class Stand:
    def __init__(self, **settings: Any) -> None:
        self.clock = FakeClock()
        self.portal = FakePortal()
        self.door = Door(self.portal)
        options = {
            "url": "http://portal",
            "username": "lienthong",
            "password": "s3cret",
            "dstcode": "VPCP",
            "agency": "H08",
            "overlap": days(2),
        }
        self.source = Portal(site(self.clock), self.door.http(), **{**options, **settings})

    def asked_days(self) -> list[str]:
        bodies = [orjson.loads(request.content) for request in self.door.requests]
        return [body["ngayNhan1"] for body in bodies if "ngayNhan1" in body]


def test_each_local_day_of_the_overlap_is_one_page_oldest_first() -> None:
    stand = Stand()
    # 00:30 in Vietnam, still the day before in UTC.
    stand.clock.moment = datetime(2023, 11, 15, 0, 30, tzinfo=LOCAL_ZONE)
    stand.portal.rows = [("2023-11-13", {"MaHoSo": "a"}), ("2023-11-15", {"MaHoSo": " b "}), ("2023-11-12", {})]
    pages = list(stand.source.poll({}))
    assert [[record.key for record in page.records] for page in pages] == [["a"], [], ["b"]]
    assert stand.asked_days() == ["2023-11-13", "2023-11-14", "2023-11-15"]
    assert pages[0].records[0].type == "portal.dossier"


def test_the_body_is_the_row_as_it_came() -> None:
    stand = Stand()
    row = {"MaHoSo": "a", "TaiLieuNop": [{"DuocSoHoa": "1"}], "NgayTra": ""}
    stand.portal.rows = [("2023-11-15", row)]
    (record,), _ = whole(stand.source, {})
    assert record.body == row


def test_the_cursor_stays_until_the_days_it_promises_are_read() -> None:
    stand = Stand()
    before = {"through": (NOON - days(1)).isoformat()}
    pages = list(stand.source.poll(before))
    assert [page.cursor for page in pages[:-2]] == [before] * 2
    assert pages[-2].cursor == {"through": "2023-11-14T17:00:00+00:00"}
    assert pages[-1].cursor == {"through": NOON.isoformat()}


def test_a_session_is_used_again_for_some_minutes() -> None:
    stand = Stand()
    whole(stand.source, {})
    whole(stand.source, {})
    assert stand.portal.session == 1
    stand.clock.moment += timedelta(minutes=5)
    whole(stand.source, {})
    assert stand.portal.session == 2


EXPIRED = {
    "message": json({"error_code": "-1", "message": "Phiên làm việc đã hết hạn"}),
    "decomposed message": json({"error_code": -1, "message": "Phie\u0302n la\u0300m vie\u0323\u0302c"}),
    "English": json({"error_code": 5, "message": "Invalid SESSION"}),
    "401": json({}, 401),
    "403": httpx.Response(403, html="<html>"),
}


@pytest.mark.parametrize("expired", EXPIRED.values(), ids=EXPIRED.keys())
def test_a_session_that_ended_is_opened_again_and_the_call_repeated(expired: httpx.Response) -> None:
    stand = Stand()
    stand.portal.rows = [("2023-11-15", {"MaHoSo": "a"})]
    stand.portal.expired = expired
    whole(stand.source, {})
    stand.portal.ended = True
    records, _ = whole(stand.source, {})
    assert (keys(records), stand.portal.session) == ({"a"}, 2)


@pytest.mark.parametrize("expired", EXPIRED.values(), ids=EXPIRED.keys())
def test_a_session_that_never_holds_is_transient_after_one_new_login(expired: httpx.Response) -> None:
    stand = Stand()
    stand.door.fault = lambda number, request: expired if request.url.path.endswith("/g") else None
    _, cursor, failure = read(stand.source, {})
    assert failure
    assert (cursor, stand.portal.session) == ({}, 2)


@pytest.mark.parametrize("code", [0, "0", " 0 ", "00"])
def test_an_error_code_is_a_number_or_text(code: object) -> None:
    stand = Stand()
    stand.portal.rows = [("2023-11-15", {"MaHoSo": "a"})]
    stand.portal.code = code
    assert keys(whole(stand.source, {})[0]) == {"a"}


@pytest.mark.parametrize(
    "reply",
    [
        {"error_code": -1, "message": "Lỗi với công dân 052085001234", "data": []},
        {"message": "Thành công", "data": []},
        {"error_code": None},
        {"error_code": "0"},
        {"error_code": "0", "data": {"a": 1}},
        [],
        "x",
    ],
)
def test_another_error_or_shape_is_transient_and_names_no_person(reply: object) -> None:
    stand = Stand()
    stand.door.fault = lambda number, request: json(reply) if request.url.path.endswith("/g") else None
    _, cursor, failure = read(stand.source, {})
    assert failure
    assert cursor == {}
    assert "Cổng Dịch vụ công quốc gia" in failure.why
    assert "052085001234" not in failure.why
    assert stand.portal.session == 1


@pytest.mark.parametrize("reply", [{"error_code": 1, "message": "sai mật khẩu"}, {"error_code": 0}, {}])
def test_a_login_that_fails_is_transient(reply: object) -> None:
    stand = Stand()
    stand.door.fault = lambda number, request: json(reply) if request.url.path.endswith("/login") else None
    _, _, failure = read(stand.source, {})
    assert failure
    assert "s3cret" not in failure.why


@pytest.mark.parametrize("rows", [{"data": None}, {"result": []}, {"result": None}])
def test_a_day_without_dossiers_is_an_empty_page(rows: dict[str, Any]) -> None:
    stand = Stand()
    stand.door.fault = lambda number, request: (
        json({"error_code": 0, **rows}) if request.url.path.endswith("/g") else None
    )
    assert whole(stand.source, {})[0] == []


@pytest.mark.parametrize("row", [None, 3, "x", [], {}, {"MaHoSo": None}, {"MaHoSo": ["a"]}])
def test_a_broken_row_is_taken_in_without_a_key(row: Any) -> None:
    stand = Stand()
    stand.portal.rows = [("2023-11-15", row)]
    records, _ = whole(stand.source, {})
    assert [record.key for record in records] == [""]


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(st.tuples(st.floats(-3, 9), st.one_of(st.none(), st.integers(0, 12))), min_size=1, max_size=8),
    overlap=st.integers(1, 6),
    received=st.lists(st.integers(-6, 40), min_size=5, max_size=25),
)
def test_no_row_within_reach_of_the_cursor_is_ever_skipped(
    steps: list[tuple[float, int | None]], overlap: int, received: list[int]
) -> None:
    """A row counts once it is shown (its day has begun); a failure from request `down` on may only cause repeats."""
    stand = Stand(overlap=days(overlap))
    today = NOON.astimezone(LOCAL_ZONE).date()
    stand.portal.rows = [((today + days(day)).isoformat(), {"MaHoSo": f"{day}"}) for day in received]
    cursor: Cursor = {}
    through: datetime | None = None
    seen: set[str] = set()
    for step, down in steps:
        stand.clock.moment += days(step)
        now = stand.clock.moment
        stand.door.down(down)
        records, cursor, failure = read(stand.source, cursor)
        seen |= keys(records)
        if failure:
            if through is None:
                seen, cursor = set(), {}
            continue
        start = min(through or now, now) - days(overlap)
        first, last = (moment.astimezone(LOCAL_ZONE).date().isoformat() for moment in (start, now))
        assert {row["MaHoSo"] for day, row in stand.portal.rows if first <= day <= last} <= seen
        through, seen = now, set()
