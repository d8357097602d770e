"""What one of two systems does not get is an alarm, once, on every database, in any order, after any stop."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.status import SqlStatusBoard
from lienthong.envelope import Envelope
from lienthong.outcome import Dead, Done
from lienthong.ports import ProcessStatus, Record, Site, SourceStatus
from schemas.canonical import dossier_v1
from schemas.canonical.sync_events_v1 import SyncCorrected, SyncMissing
from store.reading import snapshot
from store.synchronisation.reading import alarms_of
from store.synchronisation.sink import LOOK, Synchronisation
from store.synchronisation.tables import awaited, touched
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.unit.transforms.deadline_days import local, province
from transforms.synchronisation import Synchronisation as Rules

RULES = Rules.model_validate({"pairs": [{"local": "igate", "portal": "dvcqg"}]})
SUBMITTED = "2026-11-18 08:00"
"""A Wednesday; two working days later, at 08:00 of the 20th, what did not come is missing."""


def version(source: str, code: str, seen: str, **values: Any) -> Envelope:
    at = local(seen)
    shown: Mapping[str, Any] = {"code": code, "procedure": "1.000656", "updated_at": at, "observed_at": at}
    data = dossier_v1.Dossier.model_validate({**shown, **values}).to_data()
    return Envelope(f"{source}-{code}-{seen}", dossier_v1.TYPE, source, code, at, at, data)


def at_portal(code: str = "A", seen: str = SUBMITTED, status: int = 1, **values: Any) -> Envelope:
    values = {"filed_on": "portal", "submitted_at": local(SUBMITTED), **values}
    return version("dvcqg", code, seen, status=status, **values)


def at_office(code: str = "A", seen: str = "2026-11-18 09:00", **values: Any) -> Envelope:
    values = {"channel": "online", "submitted_at": local("2026-11-18 08:10"), "agency": "H08.12", **values}
    return version("igate", code, seen, status=1, **values)


ACCEPTED: Mapping[str, Any] = {"seen": "2026-11-18 10:30", "accepted_at": local("2026-11-18 10:00")}


@dataclass
class Watch:
    """The data store and the sink over a database, and what was announced so far."""

    engine: Engine
    clock: ReplayClock
    rules: Rules = RULES
    announced: list[Record] = field(default_factory=list)

    @property
    def site(self) -> Site:
        return Site(self.clock, self.engine)

    def store(self, *events: Envelope) -> None:
        for one in events:
            self.clock.move_to(max(self.clock.now(), one.received_at))
        with committed(self.engine) as transaction:
            outcomes = DataStore(self.site, synchronisation=self.rules).deliver(events, transaction)
        assert not [one for one in outcomes if isinstance(one, Dead)]

    def read(self, at: str, *sources: str) -> None:
        """Both sources, or those named, were read to their end."""
        board = SqlStatusBoard(self.engine, SqlLedger(self.engine, self.clock))
        process = ProcessStatus(process="p", pid=1, host="h", role="all", began_at=local(at), seen_at=local(at))
        board.save(
            process, [SourceStatus(source=source, success_at=local(at)) for source in sources or ("igate", "dvcqg")]
        )

    def look(self, at: str, *, read: bool = True) -> list[tuple[str, str]]:
        """The look at a moment, after both sources were read: what it announces, as (type, alarm)."""
        if read:
            self.read(at)
        moment = local(at) + timedelta(minutes=3)
        self.clock.move_to(moment)
        event = Envelope(f"look {at}", LOOK, "schedule.synchronisation-look", "", moment, moment, {})
        with committed(self.engine) as transaction:
            (outcome,) = self.sink.deliver([event], transaction)
        assert isinstance(outcome, Done)
        self.announced += outcome.follow_ups
        return [(one.type.split(".")[1], str(one.key)) for one in outcome.follow_ups]

    @property
    def sink(self) -> Synchronisation:
        return Synchronisation(self.site, rules=self.rules, calendars=province()[1])

    def waiting(self) -> int:
        with self.engine.connect() as connection:
            rows = connection.scalar(select(func.count()).select_from(awaited).where(awaited.c.source != "")) or 0
            return rows + (connection.scalar(select(func.count()).select_from(touched)) or 0)


@pytest.fixture
def watch(database: Engine, clock: ReplayClock) -> Watch:
    clock.move_to(local("2026-11-18 08:00"))
    return Watch(database, clock)


def test_what_never_arrives_is_announced_once_and_corrected_when_it_arrives(watch: Watch) -> None:
    watch.store(at_portal())
    assert watch.look("2026-11-18 08:05") == []
    assert watch.look("2026-11-20 08:00") == []  # its time is over, but the source was read before
    assert watch.look("2026-11-20 08:05") == [("missing", "dvcqg/A/arrived")]
    assert watch.look("2026-11-20 08:06") == watch.look("2026-11-20 09:00") == []
    (kind,) = watch.sink.open_alarms()
    assert (kind.name, kind.count, kind.oldest) == ("arrived-missing-in-igate", 1, local("2026-11-20 08:00"))
    watch.store(at_office(seen="2026-11-20 10:00"))
    assert watch.look("2026-11-20 10:01") == [("corrected", "dvcqg/A/arrived")]
    assert list(watch.sink.open_alarms()) == []
    assert watch.look("2026-11-20 10:02") == []
    missing, corrected = watch.announced
    SyncMissing.model_validate(missing.body)
    SyncCorrected.model_validate(corrected.body)
    with snapshot(watch.engine) as connection:
        (kept,) = alarms_of(connection, [("dvcqg", "A")])
    assert (kept.missing_in, kept.event, kept.due_at) == (
        "igate",
        "dvcqg-A-2026-11-18 08:00",
        local("2026-11-20 08:00"),
    )
    assert kept.corrected_at == watch.clock.now() - timedelta(minutes=1)


def test_what_was_accepted_and_is_not_shown_as_accepted(watch: Watch) -> None:
    watch.store(at_portal(), at_office(**ACCEPTED))
    assert watch.look("2026-11-18 11:00") == []
    assert watch.look("2026-11-20 10:05") == [("missing", "dvcqg/A/shown")]
    body = watch.announced[0].body
    assert (body["known_in"], body["missing_in"], body["known_event"]) == ("igate", "dvcqg", "igate-A-2026-11-18 10:30")
    watch.store(at_portal(seen="2026-11-20 11:00", status=2))
    assert watch.look("2026-11-20 11:01") == [("corrected", "dvcqg/A/shown")]
    assert watch.waiting() == 0


def test_what_the_portal_shows_as_accepted_and_the_office_does_not(watch: Watch) -> None:
    watch.store(at_portal(), at_office(), at_portal(seen="2026-11-18 10:00", status=2))
    assert watch.look("2026-11-20 10:05") == [("missing", "dvcqg/A/accepted")]
    assert watch.announced[0].body["known_event"] == "dvcqg-A-2026-11-18 10:00"


def test_what_names_a_code_that_the_portal_never_showed(watch: Watch) -> None:
    watch.store(at_office("L", other_code="P"))
    assert watch.look("2026-11-20 08:15") == [("missing", "igate/L/submitted")]
    watch.store(at_portal("P", seen="2026-11-20 09:00"))
    assert watch.look("2026-11-20 09:01") == [("corrected", "igate/L/submitted")]
    assert watch.waiting() == 0


@pytest.mark.parametrize(
    "events",
    [
        [at_portal(), at_office(**ACCEPTED), at_portal(seen="2026-11-18 11:00", status=2)],
        [at_portal(status=3)],
        [at_portal(filed_on="province")],
        [at_office(**ACCEPTED)],
        [at_portal("P", other_code="L"), at_office("L")],
        [at_portal("P"), at_office("L", other_code="P")],
    ],
    ids=["all there", "refused", "not of the portal", "never of the portal", "by the portal", "by the office"],
)
def test_nothing_is_missing_of_what_is_there(watch: Watch, events: Sequence[Envelope]) -> None:
    for order in permutations(events):
        watch.store(*order)
        assert watch.look("2026-11-25 17:00") == []
    assert watch.waiting() == 0


def test_while_a_source_is_not_read_nothing_is_missing_there(watch: Watch) -> None:
    """Stopped from Wednesday to Monday: each system is read again before anything counts as missing in it."""
    watch.store(at_portal("A"), at_portal("B"), at_office("C", **ACCEPTED), at_portal("C"))
    watch.read("2026-11-18 10:45")
    assert watch.look("2026-11-23 08:00", read=False) == []
    watch.read("2026-11-23 08:00", "dvcqg")
    assert watch.look("2026-11-23 08:01", read=False) == [("missing", "dvcqg/C/shown")]
    watch.store(at_office("A", seen="2026-11-23 08:02"))
    watch.read("2026-11-23 08:03", "igate")
    assert watch.look("2026-11-23 08:04", read=False) == [("missing", "dvcqg/B/arrived")]


def test_two_that_claim_to_be_it_are_announced_as_such(watch: Watch) -> None:
    watch.store(at_portal("P"), at_office("L", other_code="P"), at_office("M", other_code="P"))
    assert watch.look("2026-11-20 08:15") == [("missing", "dvcqg/P/arrived")]
    body = watch.announced[0].body
    assert (body["reason"], body["claimants"]) == ("ambiguous", ["L", "M"])
    watch.store(at_portal("P", seen="2026-11-20 09:00", other_code="M"))
    assert watch.look("2026-11-20 09:01") == [("corrected", "dvcqg/P/arrived")]


def test_what_is_old_or_not_followed_is_not_announced(database: Engine, clock: ReplayClock) -> None:
    rules = Rules.model_validate({"pairs": [{"local": "igate", "portal": "dvcqg", "codes": "^H08"}]})
    watch = Watch(database, clock, rules)
    long_ago = local("2026-09-01 08:00")
    clock.move_to(local("2026-11-18 08:00"))
    watch.store(at_portal("H08-1", submitted_at=long_ago), at_portal("G09-1"), at_portal("H08-2"))
    assert watch.look("2026-11-25 08:00") == [("missing", "dvcqg/H08-2/arrived")]
    assert watch.waiting() == 1
    (stays,) = watch.sink.open_alarms()
    assert stays.count == 1


def test_any_order_and_any_looks_between_leave_the_same_alarms(watch: Watch) -> None:
    """Each dossier's versions come in any order and twice; after the last look what is open is what is missing."""
    numbers = random.Random(9)
    expected, events = set(), []
    for number in range(40):
        code, kind = f"D{number}", number % 4
        versions = [at_portal(code)]
        if kind:
            versions.append(at_office(code, **(ACCEPTED if kind > 1 else {})))
        if kind == 3:
            versions.append(at_portal(code, seen="2026-11-18 11:00", status=2))
        expected |= {(code, "arrived")} if kind == 0 else {(code, "shown")} if kind == 2 else set()
        events += versions * 2
    numbers.shuffle(events)
    for minute, start in enumerate(range(0, len(events), 20)):
        watch.store(*events[start : start + 20])
        watch.look(f"2026-11-20 11:{minute:02}")
    watch.look("2026-11-23 08:00")
    announced = [(one.type, one.body["dossier"], one.body["milestone"]) for one in watch.announced]
    still_open = {key[1:] for key in announced if key[0] == "sync.missing.v1"}
    still_open -= {key[1:] for key in announced if key[0] == "sync.corrected.v1"}
    assert still_open == expected
    assert len(set(announced)) == len(announced)


def test_an_event_of_another_type_is_dead(watch: Watch) -> None:
    moment: datetime = watch.clock.now()
    with committed(watch.engine) as transaction:
        (outcome,) = watch.sink.deliver([Envelope("E", "other", "s", "", moment, moment, {})], transaction)
    assert isinstance(outcome, Dead)
