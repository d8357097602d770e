"""Deadlines on every database: facts in any order, looks of any number, each announcement once."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.calendars.choice import Calendars
from lienthong.calendars.parts import Basis, DayRule
from lienthong.outcome import Dead, Done
from store.deadlines.looking import reckon_anew
from tests.contract.deadlines import Office, happening, writing
from tests.unit.transforms.deadline_days import event, local, province

SUBMITTED = "D1/acceptance/submitted/1"
PROCESSING = "D1/processing/accepted/1"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(database: Engine, clock: ReplayClock) -> Office:
    clock.move_to(local("2026-11-02 07:00"))
    return Office(database, clock)


def test_a_deadline_is_announced_at_risk_and_breached_once_each(office: Office) -> None:
    office.learn(happening("submitted", "2026-11-18 08:00"))
    seen = [office.look(local("2026-11-18 08:00") + number * MINUTE) for number in range(0, 1500, 10)]
    assert [one for one in seen if one] == [[("at_risk", SUBMITTED)], [("breached", SUBMITTED)]]
    risk, breach = office.announced
    assert (risk.body["at"], breach.body["at"]) == ("2026-11-18T09:00:00.000000Z", "2026-11-19T01:00:00.000000Z")
    assert (risk.body["elapsed_minutes"], breach.body["elapsed_minutes"], breach.body["allowed_minutes"]) == (
        360,
        480,
        480,
    )
    assert (breach.body["key"], breach.body["subject"], breach.body["agency"]) == ("D1", "dossier", "H08.12")
    assert breach.body["document"] == "Quyết định 27/2020/QĐ-UBND"


def test_a_look_that_is_delivered_again_announces_nothing(office: Office) -> None:
    office.learn(happening("submitted", "2026-11-18 08:00"))
    assert office.look("2026-11-20 08:00") == [("breached", SUBMITTED)]
    assert office.look("2026-11-20 08:00") == []


def test_three_days_without_the_bus_are_one_look(office: Office) -> None:
    """Stopped on Friday, started on Monday: what fell due meanwhile is announced once, without a late warning."""
    office.learn(*(happening("submitted", "2026-11-26 13:30", f"D{number}") for number in range(40)))
    office.learn(happening("submitted", "2026-11-27 09:00", "E1"))
    assert office.look("2026-11-27 11:00") == [
        ("at_risk", f"D{number}/acceptance/submitted/1") for number in sorted(range(40), key=str)
    ]
    found = office.look("2026-11-30 09:01")
    assert [one for one in found if one[0] == "breached"] == found
    assert len(found) == 41
    assert office.look("2026-11-30 09:02") == []


def test_what_is_known_late_counts_when_it_happened(office: Office) -> None:
    """In September 2025 dossiers stood overdue because their data came late."""
    office.learn(happening("submitted", "2026-11-18 08:00"))
    assert office.look("2026-11-20 08:00") == [("breached", SUBMITTED)]
    office.learn(happening("accepted", "2026-11-18 10:00", seen="2026-11-20 09:00"))
    assert office.states()[SUBMITTED] == "met"
    assert office.look("2026-11-20 09:01") == [("corrected", SUBMITTED)]
    body = office.announced[-1].body
    assert (body["state"], body["ended_by"], body["was_due_at"]) == ("met", "accepted", "2026-11-19T01:00:00.000000Z")
    assert office.look("2026-11-20 09:02") == []


def test_what_is_known_before_the_look_is_not_announced_as_missed(office: Office) -> None:
    office.learn(happening("submitted", "2026-11-18 08:00"))
    office.learn(happening("accepted", "2026-11-18 10:00", seen="2026-11-20 09:00"))
    assert office.look("2026-11-20 09:01") == []


def test_what_did_not_happen_after_all_takes_its_breach_back(office: Office) -> None:
    office.learn(happening("submitted", "2026-11-18 08:00"))
    office.look("2026-11-20 08:00")
    office.learn(happening("submitted", "2026-11-18 08:00", change="retracted", seen="2026-11-20 09:00"))
    assert office.look("2026-11-20 09:01") == [("corrected", SUBMITTED)]
    assert office.announced[-1].body["state"] == "void"
    assert office.states() == {}


def test_an_old_breach_is_kept_and_not_announced(office: Office) -> None:
    office.learn(happening("submitted", "2026-08-03 08:00"))
    assert office.look("2026-11-20 08:00") == []
    assert office.states() == {SUBMITTED: "breached"}


EVENTS = [
    happening("submitted", "2026-02-10 08:00"),
    happening("accepted", "2026-02-10 15:00", appointment_at=local("2026-02-13 16:00").isoformat()),
    happening("supplement_requested", "2026-02-11 08:00"),
    happening("supplement_received", "2026-02-23 08:00"),
    happening("completed", "2026-02-25 10:00"),
]


def test_permuted_delayed_and_doubled_facts_end_in_the_same_states_and_events(
    database: Engine, clock: ReplayClock
) -> None:
    """Tết lies between: the clock stands still from 11 to 23 February, and 16 to 20 February are off."""
    office = Office(database, clock)
    clock.move_to(local("2026-02-10 07:00"))
    orders = random.Random(5).sample(list(permutations(EVENTS)), 12)
    outcomes, announcements = set(), set()
    for number, order in enumerate(orders):
        code = f"N{number}"
        renamed = [one._replace(id=f"{code}{one.id}", data={**one.data, "dossier": code}) for one in order]
        for one in (*renamed, *renamed[::-1]):
            office.learn(one)
        outcomes.add(
            str(
                sorted(
                    (key.split("/", 1)[1], state)
                    for key, state in office.states().items()
                    if key.startswith(f"{code}/")
                )
            )
        )
    assert len(outcomes) == 1
    assert "('processing/accepted/1', 'met')" in outcomes.pop()
    for number in range(len(orders)):
        announcements.add(str([what for what, key in office.look("2026-02-26 08:00") if key.startswith(f"N{number}/")]))
    assert announcements == {"[]"}


def test_two_processes_announce_nothing_twice(database: Engine, clock: ReplayClock) -> None:
    office = Office(database, clock)
    clock.move_to(local("2026-11-02 07:00"))
    for start in range(0, 300, 100):
        office.learn(
            *(happening("submitted", "2026-11-18 08:00", f"D{number}") for number in range(start, start + 100))
        )
    offices = [Office(database, ReplayClock(local("2026-11-20 08:00"))) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        looks = list(pool.map(lambda one: one.look("2026-11-20 08:00"), offices))
    looks += [offices[0].look("2026-11-20 08:01")]
    every = [one for found in looks for one in found]
    assert sorted(every) == sorted(("breached", f"D{number}/acceptance/submitted/1") for number in range(300))


def test_facts_of_one_dossier_at_once_are_all_kept(database: Engine, clock: ReplayClock) -> None:
    clock.move_to(local("2026-11-02 07:00"))
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda one: Office(database, clock).learn(one), EVENTS))
    assert Office(database, clock).states() == {
        "D1/acceptance/submitted/1": "met",
        "D1/apology/accepted/1": "met",
        PROCESSING: "met",
    }


def test_a_kill_before_the_commit_loses_and_doubles_nothing(office: Office) -> None:
    office.learn(happening("submitted", "2026-11-18 08:00"))
    now = local("2026-11-20 08:00")
    office.clock.move_to(now)
    look = event("deadlines.look.v1", {}, id="L1", received="2026-11-20 08:00")
    with pytest.raises(KeyboardInterrupt), writing(office.engine) as transaction:
        assert next(one.follow_ups for one in office.sink().deliver([look], transaction) if isinstance(one, Done))
        raise KeyboardInterrupt
    assert office.look("2026-11-20 08:01") == [("breached", SUBMITTED)]


def with_day_off(day: date) -> Calendars:
    """The province's calendars, after a notice of another day off."""
    _, calendars = province()
    changed = []
    for one in calendars.by_name.values():
        rules = {**one.rules, day: DayRule("Nghỉ đột xuất", works=False, basis=Basis("Công văn 1", day))}
        changed.append(type(one)(**{name: getattr(one, name) for name in _FIELDS} | {"rules": rules}))
    return Calendars(changed)


_FIELDS = (
    "name",
    "layers",
    "country",
    "country_basis",
    "announced",
    "announced_by",
    "agencies",
    "is_default",
    "parents",
)


def test_a_new_day_off_reckons_running_deadlines_anew(office: Office) -> None:
    office.learn(happening("submitted", "2026-11-18 16:00"), happening("submitted", "2026-11-18 16:00", "D2"))
    office.learn(happening("accepted", "2026-11-18 16:30", "D2"))
    changed = office.sink(calendars=with_day_off(date(2026, 11, 19)))
    assert office.look("2026-11-19 08:00", changed) == []
    due = {row["key"]: row["due_at"] for row in office.rows() if row["rule"] == "acceptance"}
    assert due == {"D1": "2026-11-20T09:00:00.000000Z", "D2": "2026-11-19T09:00:00.000000Z"}  # what was met stays


def test_a_breach_that_a_new_day_off_undoes_is_corrected(office: Office) -> None:
    office.learn(happening("submitted", "2026-11-18 16:00"))
    assert office.look("2026-11-19 16:01") == [("breached", SUBMITTED)]
    changed = office.sink(calendars=with_day_off(date(2026, 11, 19)))
    with writing(office.engine) as transaction:
        assert reckon_anew(transaction.connection, changed._reckoner, office.clock.now()) == 1
        assert reckon_anew(transaction.connection, changed._reckoner, office.clock.now()) == 0
    assert office.look("2026-11-19 16:02", changed) == [("corrected", SUBMITTED)]
    assert office.announced[-1].body["state"] == "running"
    assert office.look("2026-11-20 16:01", changed) == [("breached", SUBMITTED)]


def test_the_newest_version_of_a_dossier_states_the_appointment(office: Office) -> None:
    from sqlalchemy import insert

    from store.tables import dossiers

    row = {
        "source": "igate",
        "code": "D1",
        "event_id": "V",
        "updated_at": "",
        "observed_at": "",
        "procedure": "",
        "quality": "",
    }
    with office.engine.begin() as connection:
        appointment = {"appointment_at": "2026-11-25T09:00:00.000000Z", "officer": "Lê Thị B", "agency": "H08.12"}
        connection.execute(insert(dossiers).values({**row, **appointment}))
    office.learn(happening("accepted", "2026-11-18 08:00", appointment_at=local("2026-11-20 16:00").isoformat()))
    assert office.look("2026-11-20 16:01") == []
    assert ("breached", PROCESSING) in office.look("2026-11-25 16:01")
    assert office.announced[-1].body["officer"] == "Lê Thị B"


@pytest.mark.parametrize("change", [{"at": "yesterday"}, {"at": "2026-11-18T08:00:00"}, {"source": None, "at": None}])
def test_an_event_that_cannot_be_read_is_dead_and_the_others_are_kept(office: Office, change: dict[str, Any]) -> None:
    right = happening("submitted", "2026-11-18 08:00", "D2")
    wrong = right._replace(data={**right.data, **change})
    first, second = office.deliver(wrong, happening("submitted", "2026-11-18 08:00"))
    assert isinstance(first, Dead)
    assert isinstance(second, Done)
    assert office.states() == {SUBMITTED: "running"}


def test_a_moment_beyond_all_calendars_is_dead_and_the_dossier_stays_as_it_was(office: Office) -> None:
    office.learn(happening("submitted", "2026-11-18 08:00"))
    (outcome,) = office.deliver(happening("accepted", "2026-11-18 09:00", appointment_at="2399-01-01T00:00:00+00:00"))
    assert isinstance(outcome, Dead)
    assert office.states() == {SUBMITTED: "running"}


def test_petitions_and_disputes_have_deadlines_too(office: Office) -> None:
    petition = {
        "code": "K1",
        "observed_at": "2026-11-02T03:00:00Z",
        "received_at": "2026-11-02T02:00:00Z",
        "agency": "H08.12",
    }
    dispute = {"dispute_id": "P1", "agency": "H08.17", "opened_at": "2026-11-02T02:00:00Z", "due_on": "2026-11-09"}
    office.learn(event("petition.v1", petition, id="A"), event("document-dispute-opened.v1", dispute, id="B"))
    assert office.states() == {"K1/petition-answer/received/1": "running", "P1/dispute/opened/1": "running"}
    assert (
        office.look("2026-11-10 00:01") == [("at_risk", "P1/dispute/opened/1"), ("breached", "P1/dispute/opened/1")][1:]
    )
    office.learn(event("document-dispute-resolved.v1", {**dispute, "resolved_at": "2026-11-09T10:00:00Z"} | {}, id="C"))
