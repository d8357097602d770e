"""The list of deadlines on every database: order, states, agencies, pages; what a person and a program see of it."""

import json

import pytest
from rich.console import Console
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.cli.deadline_list import print_list, write_json
from lienthong.ports.deadlines import DeadlineFilter, KeptDeadline
from store.deadlines import listing
from tests.contract.deadlines import Office, happening
from tests.unit.transforms.deadline_days import local


@pytest.fixture
def office(database: Engine, clock: ReplayClock) -> Office:
    clock.move_to(local("2026-11-02 07:00"))
    office = Office(database, clock)
    office.learn(*(happening("submitted", f"2026-11-{10 + number} 08:00", f"D{number}") for number in range(5)))
    office.learn(happening("accepted", "2026-11-10 09:00", "D0"))
    appointment = local("2026-11-20 16:00").isoformat()
    office.learn(happening("accepted", "2026-11-11 09:00", "D1", appointment_at=appointment, agency="H08.30"))
    office.learn(happening("supplement_requested", "2026-11-12 09:00", "D1", agency="H08.30"))
    clock.move_to(local("2026-11-13 12:00"))
    return office


def keys(office: Office, **wanted: object) -> list[str]:
    found = office.sink().deadlines(DeadlineFilter(**wanted))  # type: ignore[arg-type] - the test names the fields
    return [one.deadline.split("/", 2)[2] for one in found]


def test_the_earliest_due_comes_first_and_what_stands_still_last(office: Office) -> None:
    answers = [f"D{number}/acceptance/submitted/1" for number in range(5)]
    assert keys(office) == [*answers, "D1/apology/accepted/1", "D1/processing/accepted/1"]
    assert keys(office, state="paused") == ["D1/apology/accepted/1", "D1/processing/accepted/1"]
    assert keys(office, state="met") == answers[:2]


def test_what_is_due_is_breached_before_a_look_came(office: Office) -> None:
    assert keys(office, state="breached") == ["D2/acceptance/submitted/1"]
    assert keys(office, state="running") == ["D3/acceptance/submitted/1", "D4/acceptance/submitted/1"]


def test_an_agency_has_its_own(office: Office) -> None:
    assert keys(office, agency="H08.30")[1:] == ["D1/apology/accepted/1", "D1/processing/accepted/1"]
    assert keys(office, agency="H08") == []


def test_pages_follow_each_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    every = list(office.sink().deadlines(DeadlineFilter()))
    monkeypatch.setattr(listing, "PAGE", 2)
    assert list(office.sink().deadlines(DeadlineFilter())) == every
    assert list(office.sink().deadlines(DeadlineFilter(after=every[2].deadline))) == every[3:]
    with pytest.raises(KeyError):
        list(office.sink().deadlines(DeadlineFilter(after="none")))


def test_elapsed_minutes_run_until_now_or_until_the_end(office: Office) -> None:
    found = {one.key: one for one in office.sink().deadlines(DeadlineFilter()) if one.rule == "acceptance"}
    assert {key: one.elapsed_minutes for key, one in found.items()} == {
        "D0": 60,
        "D1": 60,
        "D2": 690,
        "D3": 210,
        "D4": 0,
    }


def page_of(found: list[KeptDeadline], limit: int) -> str:
    console = Console(width=200, record=True)
    print_list(console, found, limit)
    return console.export_text()


def test_a_person_sees_two_lines_each_and_how_to_go_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    every = list(office.sink().deadlines(DeadlineFilter()))
    lines = page_of(every, 2).splitlines()
    assert lines[1].split() == ["11/11/2026", "08:00", "met", "D0,", "H08.12"]
    assert lines[2].strip().endswith("60 of 480 working minutes; ended 10/11/2026 09:00")
    assert f"--after {every[1].deadline}" in lines[-1]
    monkeypatch.setenv("LIENTHONG_LANG", "vi")
    assert "đúng hạn" in page_of(every, 0)
    assert page_of(every, 0).splitlines()[-1] == "7 thời hạn."


def test_a_program_gets_json(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    write_json(office.sink().deadlines(DeadlineFilter(state="breached")), 0)
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["key"], one["state"], one["due_at"]) == ("D2", "breached", "2026-11-13T01:00:00+00:00")
    write_json([], 0)
    assert json.loads(capsys.readouterr().out) == []
