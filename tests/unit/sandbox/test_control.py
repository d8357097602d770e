"""The caller's side: the clock, lines added while it runs, the list of faults."""

from typing import Any

import pytest

from tests.unit.sandbox.conftest import Open, at, dossier

ONE = {"igate": [("02T06:00", dossier("a", "a"))]}


def test_the_clock_begins_before_the_first_line(sandbox: Open) -> None:
    caller = sandbox({**ONE, "vneid": [("01T06:00", {})]})
    assert caller("GET", "/-/clock").json()["now"] < at("01T06:00")


def test_the_clock_says_what_it_was_told_in_local_time(sandbox: Open) -> None:
    caller = sandbox(ONE)
    assert caller("PUT", "/-/clock", json={"now": "2023-11-01T23:00:00Z"}).json() == {"now": at("02T06:00")}
    assert caller("GET", "/-/clock").json() == {"now": at("02T06:00")}


@pytest.mark.parametrize("wrong", [{}, {"now": "mai"}, {"now": 3}, [], "2023-11-01"])
def test_a_time_that_is_none_leaves_the_clock_alone(sandbox: Open, wrong: Any) -> None:
    caller = sandbox(ONE)
    before = caller("GET", "/-/clock").json()
    assert caller("PUT", "/-/clock", json=wrong).status_code == 400
    assert caller("GET", "/-/clock").json() == before


def test_a_source_can_correct_its_record(sandbox: Open) -> None:
    caller = sandbox(ONE)
    caller.clock("03T06:00")
    assert [body["code"] for body in caller.search().json()["content"]] == ["a"]
    caller.show("igate", "03T00:00", dossier("a", "corrected"))
    assert [body["code"] for body in caller.search().json()["content"]] == ["corrected"]
    caller.clock("02T06:00")
    assert [body["code"] for body in caller.search().json()["content"]] == ["a"]


def test_a_line_added_for_later_is_seen_later_and_makes_a_tick(sandbox: Open) -> None:
    caller = sandbox(ONE)
    caller.clock("02T06:00")
    caller.show("dvcqg", "04T06:00", {"MaHoSo": "B"})
    assert caller.portal("TraCuuHoSo", mahoso="B")["result"] == []
    assert caller("GET", "/-/ticks").json() == {"ticks": [at("02T06:00"), at("04T06:00")]}
    caller.clock("04T06:00")
    assert caller.portal("TraCuuHoSo", mahoso="B")["result"] == [{"MaHoSo": "B"}]


def test_lines_can_be_added_where_the_recording_has_none(sandbox: Open) -> None:
    caller = sandbox({})
    caller.show("ccvc", "01T06:00", {"n": 1})
    caller.clock("01T06:00")
    assert caller.records().json()["items"] == [{"n": 1}]


def test_a_line_for_nobody_or_of_no_shape_is_refused(sandbox: Open) -> None:
    caller = sandbox(ONE)
    good = {"seen_at": at("02T06:00"), "body": {}}
    assert caller("POST", "/-/lines/nobody", json=good).status_code == 404
    assert caller("POST", "/-/lines/igate", json={"body": {}}).status_code == 400
    assert caller("POST", "/-/lines/igate", content=b"{").status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"system": "nobody", "kind": "html"},
        {"system": "igate", "kind": "flood"},
        {"system": "igate", "kind": "html", "time": 2},
        {"system": "igate", "kind": "html", "times": 0},
        {"system": "ccvc", "kind": "expired_session"},
        {"system": "dvcqg", "kind": "shifting_page"},
    ],
)
def test_an_impossible_fault_is_refused_with_a_reason(sandbox: Open, wrong: dict[str, Any]) -> None:
    caller = sandbox(ONE)
    reply = caller("POST", "/-/faults", json=wrong)
    assert reply.status_code == 400
    assert reply.json()["error"]
    assert caller("GET", "/-/faults").json() == {"faults": []}
