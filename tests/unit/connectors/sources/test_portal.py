"""The national portal: days, sessions, error codes."""

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
from tests.fake_systems import (
    NOON,
    FakeClock,
    FakePortal,
    FakeServer,
    days,
    json_reply,
    make_site,
    poll_completely,
    poll_until_failure,
    record_keys,
)


class Setup:
    def __init__(self, **settings: Any) -> None:
        self.clock = FakeClock()
        self.portal = FakePortal()
        self.server = FakeServer(self.portal)
        options = {
            "url": "http://portal",
            "username": "lienthong",
            "password": "s3cret",
            "dstcode": "VPCP",
            "agency": "H08",
            "overlap": days(2),
        }
        self.source = Portal(make_site(self.clock), self.server.http(), **{**options, **settings})

    def requested_days(self) -> list[str]:
        bodies = [orjson.loads(request.content) for request in self.server.requests]
        return [body["ngayNhan1"] for body in bodies if "ngayNhan1" in body]


def test_each_local_day_of_the_overlap_is_one_page_oldest_first() -> None:
    setup = Setup()
    # 00:30 in Vietnam is the day before in UTC.
    setup.clock.moment = datetime(2023, 11, 15, 0, 30, tzinfo=LOCAL_ZONE)
    setup.portal.rows = [("2023-11-13", {"MaHoSo": "a"}), ("2023-11-15", {"MaHoSo": " b "}), ("2023-11-12", {})]
    pages = list(setup.source.poll({}))
    assert [[record.key for record in page.records] for page in pages] == [["a"], [], ["b"]]
    assert setup.requested_days() == ["2023-11-13", "2023-11-14", "2023-11-15"]
    assert pages[0].records[0].type == "portal.dossier"


def test_the_body_is_the_row_unchanged() -> None:
    setup = Setup()
    row = {"MaHoSo": "a", "TaiLieuNop": [{"DuocSoHoa": "1"}], "NgayTra": ""}
    setup.portal.rows = [("2023-11-15", row)]
    (record,), _ = poll_completely(setup.source, {})
    assert record.body == row


def test_the_cursor_moves_only_after_a_complete_day() -> None:
    setup = Setup()
    before = {"through": (NOON - days(1)).isoformat()}
    pages = list(setup.source.poll(before))
    assert [page.cursor for page in pages[:-2]] == [before] * 2
    assert pages[-2].cursor == {"through": "2023-11-14T17:00:00+00:00"}
    assert pages[-1].cursor == {"through": NOON.isoformat()}


def test_a_session_is_reused_for_five_minutes() -> None:
    setup = Setup()
    poll_completely(setup.source, {})
    poll_completely(setup.source, {})
    assert setup.portal.session == 1
    setup.clock.moment += timedelta(minutes=5)
    poll_completely(setup.source, {})
    assert setup.portal.session == 2


EXPIRED = {
    "message": json_reply({"error_code": "-1", "message": "Phiên làm việc đã hết hạn"}),
    "decomposed message": json_reply({"error_code": -1, "message": "Phie\u0302n la\u0300m vie\u0323\u0302c"}),
    "English": json_reply({"error_code": 5, "message": "Invalid SESSION"}),
    "401": json_reply({}, 401),
    "403": httpx.Response(403, html="<html>"),
}


@pytest.mark.parametrize("expired", EXPIRED.values(), ids=EXPIRED.keys())
def test_after_an_expired_session_it_logs_in_and_repeats_the_call(expired: httpx.Response) -> None:
    setup = Setup()
    setup.portal.rows = [("2023-11-15", {"MaHoSo": "a"})]
    setup.portal.expired = expired
    poll_completely(setup.source, {})
    setup.portal.ended = True
    records, _ = poll_completely(setup.source, {})
    assert (record_keys(records), setup.portal.session) == ({"a"}, 2)


@pytest.mark.parametrize("expired", EXPIRED.values(), ids=EXPIRED.keys())
def test_a_session_that_expires_again_is_transient_after_one_new_login(expired: httpx.Response) -> None:
    setup = Setup()
    setup.server.fault = lambda number, request: expired if request.url.path.endswith("/g") else None
    _, cursor, failure = poll_until_failure(setup.source, {})
    assert failure
    assert (cursor, setup.portal.session) == ({}, 2)


@pytest.mark.parametrize("code", [0, "0", " 0 ", "00"])
def test_an_error_code_is_a_number_or_text(code: object) -> None:
    setup = Setup()
    setup.portal.rows = [("2023-11-15", {"MaHoSo": "a"})]
    setup.portal.code = code
    assert record_keys(poll_completely(setup.source, {})[0]) == {"a"}


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
def test_another_error_or_form_is_transient_and_names_no_person(reply: object) -> None:
    setup = Setup()
    setup.server.fault = lambda number, request: json_reply(reply) if request.url.path.endswith("/g") else None
    _, cursor, failure = poll_until_failure(setup.source, {})
    assert failure
    assert cursor == {}
    assert "Cổng Dịch vụ công quốc gia" in failure.why
    assert "052085001234" not in failure.why
    assert setup.portal.session == 1


@pytest.mark.parametrize("reply", [{"error_code": 1, "message": "sai mật khẩu"}, {"error_code": 0}, {}])
def test_a_failed_login_is_transient_and_shows_no_password(reply: object) -> None:
    setup = Setup()
    setup.server.fault = lambda number, request: json_reply(reply) if request.url.path.endswith("/login") else None
    _, _, failure = poll_until_failure(setup.source, {})
    assert failure
    assert "s3cret" not in failure.why


@pytest.mark.parametrize("rows", [{"data": None}, {"result": []}, {"result": None}])
def test_a_day_without_dossiers_is_an_empty_page(rows: dict[str, Any]) -> None:
    setup = Setup()
    setup.server.fault = lambda number, request: (
        json_reply({"error_code": 0, **rows}) if request.url.path.endswith("/g") else None
    )
    assert poll_completely(setup.source, {})[0] == []


@pytest.mark.parametrize("row", [None, 3, "x", [], {}, {"MaHoSo": None}, {"MaHoSo": ["a"]}])
def test_a_malformed_row_is_received_without_a_key(row: Any) -> None:
    setup = Setup()
    setup.portal.rows = [("2023-11-15", row)]
    records, _ = poll_completely(setup.source, {})
    assert [record.key for record in records] == [""]


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(st.tuples(st.floats(-3, 9), st.one_of(st.none(), st.integers(0, 12))), min_size=1, max_size=8),
    overlap=st.integers(1, 6),
    received=st.lists(st.integers(-6, 40), min_size=5, max_size=25),
)
def test_no_row_within_the_overlap_is_ever_missed(
    steps: list[tuple[float, int | None]], overlap: int, received: list[int]
) -> None:
    """A row counts once its day has begun. If requests fail from number `down` on, rows may only be read again."""
    setup = Setup(overlap=days(overlap))
    today = NOON.astimezone(LOCAL_ZONE).date()
    setup.portal.rows = [((today + days(day)).isoformat(), {"MaHoSo": f"{day}"}) for day in received]
    cursor: Cursor = {}
    through: datetime | None = None
    seen: set[str] = set()
    for step, down in steps:
        setup.clock.moment += days(step)
        now = setup.clock.moment
        setup.server.fail_after(down)
        records, cursor, failure = poll_until_failure(setup.source, cursor)
        seen |= record_keys(records)
        if failure:
            if through is None:
                seen, cursor = set(), {}
            continue
        start = min(through or now, now) - days(overlap)
        first, last = (moment.astimezone(LOCAL_ZONE).date().isoformat() for moment in (start, now))
        assert {row["MaHoSo"] for day, row in setup.portal.rows if first <= day <= last} <= seen
        through, seen = now, set()
