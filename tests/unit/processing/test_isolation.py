"""An error that no code declared stops the event or the source that caused it, and nothing else."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.intake.poller import Poller
from lienthong.ledger.records import Account
from lienthong.outcome import Done, Outcome
from lienthong.ports import Cursor, Page, Record, Transaction
from lienthong.processing.stage import Stage, sink_stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from lienthong.runtime.threads import Call, StopClock
from tests.databases import open_embedded
from tests.events import DAY, event
from tests.workers import Delivered, serve


def all_done(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
    return [Done(envelope, note=envelope.subject) for envelope in envelopes]


class Returns:
    """A sink with a mistake: it returns whatever it was given."""

    def __init__(self, returned: Any) -> None:
        self.returned = returned

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Any:
        return self.returned


class Breaks:
    """A source with a mistake in its code, after its first page."""

    def __init__(self, mistake: BaseException) -> None:
        self.mistake = mistake

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        yield Page([Record("letter.seen", "a", {"name": "a"})], {"n": 1})
        raise self.mistake


@pytest.fixture
def ledger(tmp_path: Path) -> Iterable[SqlLedger]:
    database = open_embedded(tmp_path)
    yield SqlLedger(database, ReplayClock(DAY))
    database.dispose()


def make_worker(stage: Stage, ledger: SqlLedger, name: str) -> Worker:
    clock = ReplayClock(DAY)
    broker = KombuBroker("memory://", clock, name=name)
    broker.declare([stage.name], stage.retry.rungs)
    return Worker(stage, broker=broker, ledger=ledger, clock=clock)


def receive(ledger: SqlLedger, to: str, *names: str) -> Delivered:
    events = tuple(event(name) for name in names)
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=(to,), cursor={})
    return Delivered(Bundle(to, events))


@pytest.mark.parametrize("guilty", ["a", "c", "e"])
def test_an_event_whose_outcome_the_ledger_refuses_is_dead_alone(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch, guilty: str
) -> None:
    delivery = receive(ledger, "sink.b", "a", "b", "c", "d", "e")
    genuine = type(ledger.transaction()).record

    def record(transaction: Any, entries: Sequence[Any], letters: Sequence[Any] = ()) -> Any:
        if any(entry.reason == guilty for entry in entries):  # as a database refuses one value
            raise ValueError("a value that the database does not take")
        return genuine(transaction, entries, letters)

    monkeypatch.setattr(type(ledger.transaction()), "record", record)
    serve(make_worker(Stage("sink.b", all_done, RetryPolicy()), ledger, "refused"), delivery)
    assert delivery.acked
    assert ledger.balance().sources["igate"] == Account(received=5, delivered=4, dead=1)
    (letter,) = ledger.letters()
    assert (letter.envelope.subject, letter.error) == (guilty, "ValueError")
    assert list(ledger.verify()) == []


def test_a_handler_that_always_fails_costs_its_events_and_not_the_worker(ledger: SqlLedger) -> None:
    def fail(_: Sequence[Envelope], __: Transaction) -> Sequence[Outcome]:
        raise RecursionError

    delivery = receive(ledger, "route.a", "a", "b", "c")
    serve(make_worker(Stage("route.a", fail, RetryPolicy()), ledger, "failing"), delivery)
    assert delivery.acked
    assert ledger.balance().sources["igate"] == Account(received=3, dead=3)


@pytest.mark.parametrize("returned", [None, [], [None, None], 7, "ab"])
def test_a_sink_that_returns_no_outcomes_makes_its_events_wait(ledger: SqlLedger, returned: Any) -> None:
    delivery = receive(ledger, "sink.b", "a", "b")
    serve(make_worker(sink_stage("sink.b", Returns(returned), RetryPolicy()), ledger, "returns"), delivery)
    assert delivery.acked
    assert ledger.balance().sources["igate"] == Account(received=2, in_flight=2)
    assert {entry.verdict for entry in ledger.trail("a")} == {"received", "later"}


@pytest.mark.parametrize("mistake", [ValueError("tháng 13"), SystemExit(0)])
def test_a_mistake_in_a_source_is_a_source_that_does_not_answer(ledger: SqlLedger, mistake: BaseException) -> None:
    clock = ReplayClock(DAY)
    broker = KombuBroker("memory://", clock, name="breaks")
    broker.declare(["route.a"], ())
    poller = Poller("igate", Breaks(mistake), ("route.a",), broker=broker, ledger=ledger, clock=clock)
    with pytest.raises(Transient, match=type(mistake).__name__):
        poller.poll(threading.Event())
    assert ledger.cursor("igate") == {"n": 1}
    assert ledger.balance().sources["igate"].received == 1


ANY: Any = None


class Gives:
    """A source whose `poll` gives what a test states."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        return self.given  # type: ignore[no-any-return]  # a test states it


class Yields(Gives):
    """The same as a generator."""

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        yield Page([Record("letter.seen", "a", {"name": "a"})], {"n": 1})
        yield self.given


class WithoutArguments:
    """A source whose `poll` cannot be called."""

    def poll(self) -> Iterable[Page]:
        return []


@pytest.mark.parametrize(
    "source",
    [
        Gives(None),
        Gives(7),
        Gives([Page(ANY, {})]),
        Yields(None),
        Yields(Page([], ANY)),
        WithoutArguments(),
        Breaks(TypeError("x")),
        Breaks(KeyboardInterrupt()),
        Breaks(GeneratorExit()),
    ],
)
def test_the_mistake_of_a_source_is_named_with_its_own_module_and_line(source: Any, ledger: SqlLedger) -> None:
    broker = KombuBroker("memory://", ReplayClock(DAY), name="place")
    broker.declare(["route.a"], ())
    poller = Poller("letters", source, ("route.a",), broker=broker, ledger=ledger, clock=ReplayClock(DAY))
    with pytest.raises(Transient, match=r"tests/unit/processing/test_isolation\.py:\d+"):
        Call(lambda: poller.poll(threading.Event()), name="poll").wait(StopClock(threading.Event()))
