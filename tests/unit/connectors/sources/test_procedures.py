"""The catalogue of procedures: every version of each, and what a refused procedure costs."""

from collections.abc import Sequence
from typing import Any

import httpx

from connectors.sources.procedures import Procedures
from lienthong.ports import Record
from tests.fake_systems import (
    FakeCatalogue,
    FakeServer,
    json_reply,
    make_site,
    poll_completely,
    poll_until_failure,
    record_keys,
)

LOGIN = {"username": "lienthong", "password": "sandbox", "dstcode": "VPCP", "agency": "H08"}


def make_source(*items: Any, refused: Sequence[str] = ()) -> tuple[Procedures, FakeServer]:
    catalogue = FakeCatalogue()
    catalogue.items, catalogue.refused = list(items), set(refused)
    server = FakeServer(catalogue)
    return Procedures(make_site(), server.http(), url="http://portal/", **LOGIN), server


def procedure(code: str, day: str = "20150101", **more: Any) -> dict[str, Any]:
    return {"MATTHC": code, "HIEULUCTU": day, **more}


def poll(source: Procedures) -> list[Record]:
    return poll_completely(source, {})[0]


def test_every_date_of_effect_is_a_record_of_its_own_and_each_code_is_asked_for_once() -> None:
    source, server = make_source(procedure("1.000656"), procedure("1.000656", "20240114"), procedure("2.000815"))
    records = poll(source)
    assert record_keys(records) == {"1.000656/20150101", "1.000656/20240114", "2.000815/20150101"}
    assert {record.type for record in records} == {"portal.procedure"}
    assert sum(b"LayThuTuc" in request.content for request in server.requests) == 2


def test_a_code_written_as_a_number_is_asked_for() -> None:
    source, _ = make_source({"MATTHC": "7", "HIEULUCTU": 20150101})
    assert record_keys(poll(source)) == {"7/20150101"}


def test_a_refused_procedure_costs_no_other_and_the_cursor_stays() -> None:
    codes = ["1.000001", "1.000002", "1.000003"]
    source, _ = make_source(*map(procedure, codes), refused=codes[1:2])
    records, cursor, failure = poll_until_failure(source, {})
    assert record_keys(records) == {"1.000001/20150101", "1.000003/20150101"}
    assert (cursor, "chưa đọc được 1 thủ tục" in str(failure)) == ({}, True)


def test_three_refusals_in_a_row_end_the_poll() -> None:
    codes = [f"1.{n:06d}" for n in range(9)]
    source, server = make_source(*map(procedure, codes), refused=codes)
    records, _, failure = poll_until_failure(source, {})
    assert (records, failure is not None) == ([], True)
    assert sum(b"LayThuTuc" in request.content for request in server.requests) == 3


def test_a_list_that_is_no_list_is_a_failure_in_vietnamese() -> None:
    source, server = make_source()
    server.fault = lambda number, request: _no_list(request)
    _, cursor, failure = poll_until_failure(source, {"through": "2024-01-01T00:00:00+00:00"})
    assert cursor == {"through": "2024-01-01T00:00:00+00:00"}
    assert "không có danh sách thủ tục" in str(failure)


def _no_list(request: httpx.Request) -> httpx.Response | None:
    return None if request.url.path.endswith("/login") else json_reply({"error_code": 0, "result": 5})
