"""The control endpoints: the clock, lines added while the sandbox runs, the list of faults."""

from typing import Any

import pytest

from tests.unit.sandbox.conftest import Open, dossier, local

ONE = {"igate": [("02T06:00", dossier("a", "a"))]}


def test_the_clock_begins_before_the_first_line(sandbox: Open) -> None:
    caller = sandbox({**ONE, "vneid": [("01T06:00", {})]})
    assert caller("GET", "/-/clock").json()["now"] < local("01T06:00")


def test_the_clock_shows_the_time_it_was_set_to_in_local_time(sandbox: Open) -> None:
    caller = sandbox(ONE)
    assert caller("PUT", "/-/clock", json={"now": "2023-11-01T23:00:00Z"}).json() == {"now": local("02T06:00")}
    assert caller("GET", "/-/clock").json() == {"now": local("02T06:00")}


@pytest.mark.parametrize("invalid", [{}, {"now": "mai"}, {"now": 3}, [], "2023-11-01"])
def test_an_invalid_time_does_not_change_the_clock(sandbox: Open, invalid: Any) -> None:
    caller = sandbox(ONE)
    before = caller("GET", "/-/clock").json()
    assert caller("PUT", "/-/clock", json=invalid).status_code == 400
    assert caller("GET", "/-/clock").json() == before


def test_a_line_added_later_corrects_an_earlier_one(sandbox: Open) -> None:
    caller = sandbox(ONE)
    caller.set_clock("03T06:00")
    assert [body["code"] for body in caller.search().json()["content"]] == ["a"]
    caller.add_line("igate", "03T00:00", dossier("a", "corrected"))
    assert [body["code"] for body in caller.search().json()["content"]] == ["corrected"]
    caller.set_clock("02T06:00")
    assert [body["code"] for body in caller.search().json()["content"]] == ["a"]


def test_a_line_added_for_later_is_seen_later_and_adds_a_tick(sandbox: Open) -> None:
    caller = sandbox(ONE)
    caller.set_clock("02T06:00")
    caller.add_line("dvcqg", "04T06:00", {"MaHoSo": "B"})
    assert caller.call_portal("TraCuuHoSo", mahoso="B")["result"] == []
    assert caller("GET", "/-/ticks").json() == {"ticks": [local("02T06:00"), local("04T06:00")]}
    caller.set_clock("04T06:00")
    assert caller.call_portal("TraCuuHoSo", mahoso="B")["result"] == [{"MaHoSo": "B"}]


def test_lines_can_be_added_to_a_system_without_lines(sandbox: Open) -> None:
    caller = sandbox({})
    caller.add_line("ccvc", "01T06:00", {"n": 1})
    caller.set_clock("01T06:00")
    assert caller.ccvc_page().json()["items"] == [{"n": 1}]


def test_a_line_for_an_unknown_system_or_of_wrong_form_is_refused(sandbox: Open) -> None:
    caller = sandbox(ONE)
    good = {"seen_at": local("02T06:00"), "body": {}}
    assert caller("POST", "/-/lines/unknown", json=good).status_code == 404
    assert caller("POST", "/-/lines/igate", json={"body": {}}).status_code == 400
    assert caller("POST", "/-/lines/igate", content=b"{").status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"system": "unknown", "kind": "html"},
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
