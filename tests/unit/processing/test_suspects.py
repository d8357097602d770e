"""An event that alone makes its target seem to be down uses up its attempts; an outage costs none."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.ledger.records import Account
from lienthong.outcome import Done, Later, Outcome
from lienthong.ports import Transaction
from lienthong.processing.circuit_breaker import CircuitBreaker
from lienthong.processing.stage import sink_stage
from lienthong.processing.suspects import REMEMBERED_EVENTS, Suspects
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.databases import open_embedded
from tests.events import DAY, event
from tests.workers import serve

WAIT = timedelta(seconds=5)
RETRY = RetryPolicy((WAIT,), attempts=3)


class Raises:
    """A sink that takes a bundle as a whole, and raises `Transient` when one of the guilty events is in it."""

    def __init__(self, *guilty: str) -> None:
        self.guilty = set(guilty)
        self.down = False

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        if self.down or any(envelope.subject in self.guilty for envelope in envelopes):
            raise Transient("cổng không trả lời")
        return [Done(envelope) for envelope in envelopes]


class Stops(Raises):
    """The same for a sink that takes event after event, and stops where the target seems to be down."""

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        outcomes: list[Outcome] = []
        for envelope in envelopes:
            stopped = self.down or envelope.subject in self.guilty or isinstance((outcomes or [None])[-1], Later)
            outcomes.append(Later("cổng không trả lời", outage=True) if stopped else Done(envelope))
        return outcomes


class Bench:
    """A worker of one sink over queues in memory, a clock that the test moves, and the breaker's own time."""

    def __init__(self, ledger: SqlLedger, clock: ReplayClock, sink: Raises, name: str) -> None:
        self.seconds = 100.0
        self.ledger, self.clock = ledger, clock
        self.broker = KombuBroker("memory://", clock, name=name)
        self.broker.declare(["sink.b"], RETRY.rungs)
        self.breaker = CircuitBreaker(lambda: self.seconds, stage="sink.b")
        stage = sink_stage("sink.b", sink, RETRY)
        self.worker = Worker(stage, broker=self.broker, ledger=ledger, clock=clock, breaker=self.breaker)

    def send(self, *subjects: str) -> None:
        received = [event(subject) for subject in subjects]
        with self.ledger.transaction() as transaction:
            transaction.receive(received, source="igate", to=("sink.b",), cursor={})
        self.broker.publish([Bundle("sink.b", tuple(received))])

    def work(self, rounds: int) -> None:
        consumer = self.broker.consume("sink.b")
        for _ in range(rounds):
            self.clock.move_to(self.clock.now() + WAIT)
            self.seconds += WAIT.total_seconds()
            while delivery := consumer.next(WAIT * 0):
                serve(self.worker, delivery)
        consumer.close()

    @property
    def account(self) -> Account:
        return self.ledger.balance().sources["igate"]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterable[SqlLedger]:
    database = open_embedded(tmp_path)
    yield SqlLedger(database, ReplayClock(DAY))
    database.dispose()


def make(ledger: SqlLedger, sink: Raises, request: Any) -> Bench:
    return Bench(ledger, ReplayClock(DAY), sink, request.node.name)


@pytest.mark.parametrize("kind", [Raises, Stops])
@pytest.mark.parametrize("guilty", [("0",), ("3",), ("8",), ("2", "3"), ("0", "8")])
def test_in_a_bundle_only_the_guilty_events_die(
    ledger: SqlLedger, kind: type[Raises], guilty: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    bench = make(ledger, kind(*guilty), request)
    bench.send(*map(str, range(9)))
    bench.work(rounds=8)
    assert bench.account.delivered == 9 - len(guilty)
    for number in range(20, 40):  # others get through between their tries
        bench.send(str(number))
        bench.work(rounds=1)
    letters = bench.ledger.letters()
    assert sorted(letter.envelope.subject for letter in letters) == sorted(guilty)
    assert all(letter.error == "RetriesExhausted" for letter in letters)
    assert all("đích nhận các sự kiện khác" in letter.reason for letter in letters)
    assert all("3 lần" in letter.reason and "cổng không trả lời" in letter.reason for letter in letters)
    assert bench.account == Account(received=29, delivered=29 - len(guilty), dead=len(guilty))
    assert not bench.breaker.is_open
    assert list(ledger.verify()) == []


@pytest.mark.parametrize("kind", [Raises, Stops])
def test_an_outage_costs_no_attempt_also_after_earlier_ones(
    ledger: SqlLedger, kind: type[Raises], request: pytest.FixtureRequest
) -> None:
    sink = kind()
    bench = make(ledger, sink, request)
    for outage in range(6):
        sink.down = True
        bench.send(*(f"{outage}-{number}" for number in range(5)))
        bench.work(rounds=12)
        assert bench.breaker.is_open and not ledger.letters()
        sink.down = False
        bench.work(rounds=6)
        assert bench.account.delivered == 5 * (outage + 1) and not bench.breaker.is_open


def test_an_event_that_is_alone_waits_as_in_an_outage(ledger: SqlLedger, request: pytest.FixtureRequest) -> None:
    bench = make(ledger, Raises("x"), request)
    bench.send("x")
    bench.work(rounds=20)
    assert bench.breaker.is_open and bench.account.in_flight == 1


def test_the_log_names_the_event(ledger: SqlLedger, request: pytest.FixtureRequest) -> None:
    bench = make(ledger, Raises("x"), request)
    with capture_logs() as logs:
        bench.send("a", "x", "b")
        bench.work(rounds=8)
    named = [line for line in logs if line["event"] == "an event fails while others are delivered"]
    assert named and {line["event_id"] for line in named} == {event("x").id}


def test_what_is_remembered_is_bounded() -> None:
    suspects = Suspects()
    assert not suspects.is_guilty("first")
    for number in range(REMEMBERED_EVENTS):
        assert not suspects.is_guilty(str(number))
    suspects.note_answer()
    assert suspects.is_guilty("9") and not suspects.is_guilty("first") and not suspects.is_guilty("9")
