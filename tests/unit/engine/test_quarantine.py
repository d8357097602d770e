"""What comes back after a crash is handled event by event, and what kills workers is parked."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.outcome import Done, Outcome
from lienthong.places import Places
from lienthong.ports import Transaction
from lienthong.quarantine import CHANCES, singles
from lienthong.retry import RetryPolicy
from lienthong.stage import Stage
from lienthong.worker import Worker
from tests.events import DAY, event

EVENTS = (event("một"), event("hai"), event("ba"))


@dataclass
class Returned:
    """A delivery that was in somebody's hands so many times before."""

    bundle: Bundle
    redeliveries: int
    acked: bool = False

    @property
    def redelivered(self) -> bool:
        return self.redeliveries > 0

    def ack(self) -> None:
        self.acked = True


class Once:
    """A consumer that has one delivery, and a stop that comes with it."""

    def __init__(self, delivery: Returned, stop: threading.Event) -> None:
        self._delivery = delivery
        self._stop = stop

    def next(self, timeout: timedelta) -> Returned:
        self._stop.set()
        return self._delivery

    def close(self) -> None: ...


class Wire:
    """A broker that only takes."""

    def __init__(self, *, durable: bool = True) -> None:
        self.durable = durable
        self.sent: list[Bundle] = []
        self.consumer: Once | None = None

    def consume(self, queue: str, prefetch: int | None = None) -> Once:
        assert self.consumer
        return self.consumer

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        self.sent += bundles


class Bench:
    """A stage that keeps what it was given, its ledger, and workers for it."""

    def __init__(self, data: Path) -> None:
        self.clock = ReplayClock(DAY)
        self.database = open_database(Places(data).database_url())
        self.ledger = SqlLedger(self.database, self.clock)
        self.handled: list[str] = []
        self.stage = Stage("sink.b", self._attempt, RetryPolicy())
        with self.ledger.transaction() as transaction:
            transaction.take(EVENTS, "source.igate", ("sink.b",), {})

    def worker(self, wire: Wire, *, quarantine: bool = False) -> Worker:
        return Worker(self.stage, wire, self.ledger, self.clock, lambda _: None, quarantine=quarantine)  # type: ignore[arg-type]

    def _attempt(self, envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        self.handled += [envelope.subject for envelope in envelopes]
        return [Done(envelope) for envelope in envelopes]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.database.dispose()


def test_the_events_of_a_suspect_go_to_quarantine_one_by_one_in_the_same_turn() -> None:
    apart = singles(Bundle("sink.b", EVENTS, turn=3, attempt=2))
    assert [one.envelopes for one in apart] == [(one,) for one in EVENTS]
    assert {(one.queue, one.turn, one.attempt) for one in apart} == {("sink.b.quarantine", 3, 2)}


def test_a_bundle_that_came_back_is_taken_apart_and_not_tried_again_together(bench: Bench) -> None:
    wire = Wire()
    bench.worker(wire).take(Returned(Bundle("sink.b", EVENTS), 1))
    assert wire.sent == singles(Bundle("sink.b", EVENTS))
    assert bench.handled == []


def test_a_bundle_that_comes_for_the_first_time_is_handled(bench: Bench) -> None:
    bench.worker(Wire()).take(Returned(Bundle("sink.b", EVENTS), 0))
    assert bench.handled == ["một", "hai", "ba"]


def test_a_broker_that_forgets_at_a_crash_gives_nothing_back_that_a_crash_left(bench: Bench) -> None:
    wire = Wire(durable=False)
    bench.worker(wire).take(Returned(Bundle("sink.b", EVENTS), 1))
    assert bench.handled == ["một", "hai", "ba"] and wire.sent == []


@pytest.mark.parametrize("redeliveries", range(CHANCES))
def test_in_quarantine_an_event_has_its_chances(bench: Bench, redeliveries: int) -> None:
    (one, *_) = singles(Bundle("sink.b", EVENTS))
    bench.worker(Wire(), quarantine=True).take(Returned(one, redeliveries))
    assert bench.handled == ["một"]
    assert bench.ledger.letters() == []


def test_an_event_that_came_back_too_often_alone_is_parked_and_never_handled_again(bench: Bench) -> None:
    (one, *_) = singles(Bundle("sink.b", EVENTS))
    bench.worker(Wire(), quarantine=True).take(Returned(one, CHANCES))
    assert bench.handled == []
    (letter,) = bench.ledger.letters()
    assert (letter.envelope.subject, letter.error) == ("một", "Poison")
    assert bench.ledger.in_flight() == 2


def test_an_event_whose_ack_was_lost_keeps_its_verdict(bench: Bench) -> None:
    (one, *_) = singles(Bundle("sink.b", EVENTS))
    worker = bench.worker(Wire(), quarantine=True)
    worker.take(Returned(one, 0))
    worker.take(Returned(one, CHANCES))
    assert bench.ledger.letters() == []
    assert [entry.verdict for entry in bench.ledger.trail(EVENTS[0].id)] == ["received", "done"]


def test_a_suspect_that_outlives_an_outage_of_the_ledger_waits_as_new_and_not_in_hand(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise Transient("sổ cái không trả lời")

    monkeypatch.setattr(bench.ledger, "transaction", away)
    (one, *_) = singles(Bundle("sink.b", EVENTS))
    wire, stop, delivery = Wire(), threading.Event(), Returned(one, CHANCES - 1)
    wire.consumer = Once(delivery, stop)
    bench.worker(wire, quarantine=True).run(stop)
    assert wire.sent == [one] and delivery.acked
