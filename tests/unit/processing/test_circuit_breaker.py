"""The circuit breaker protects events from an outage of the target; the halt guard stops a stage whose events die."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.ledger.records import Account, Verdict
from lienthong.outcome import Dead, Done, Later, Outcome
from lienthong.ports import Transaction
from lienthong.processing.circuit_breaker import (
    FLAP_SECONDS,
    FLAPS,
    PROBE_PAUSES,
    TRIP_AFTER,
    CircuitBreaker,
    Halted,
    HaltGuard,
)
from lienthong.processing.stage import Stage, sink_stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.databases import open_embedded
from tests.events import DAY, event
from tests.workers import serve as serve_one

RETRY = RetryPolicy((RetryPolicy().rungs[0],), attempts=3)


class SetClock:
    """A clock in seconds that the test sets."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_it_opens_after_failures_in_a_row_and_its_pauses_grow() -> None:
    monotonic = SetClock()
    breaker = CircuitBreaker(monotonic)
    for _ in range(TRIP_AFTER - 1):
        breaker.record_failure()
    assert not breaker.is_open and breaker.pause() == 0
    for pause in (*PROBE_PAUSES, PROBE_PAUSES[-1]):
        breaker.record_failure()
        assert breaker.is_open and breaker.pause() == pause
        monotonic.seconds += pause
        assert breaker.pause() == 0 and breaker.is_open
    breaker.record_success()
    assert not breaker.is_open and breaker.pause() == 0


def test_a_success_in_between_keeps_it_closed() -> None:
    breaker = CircuitBreaker(SetClock())
    for _ in range(10):
        breaker.record_failure()
        breaker.record_failure()
        breaker.record_success()
    assert not breaker.is_open


def test_a_target_that_is_down_opens_it_at_the_first_failure() -> None:
    for outcomes in (
        [Later("bận", outage=True)],
        [Later("bận"), Later("bận")],
        [Done(event("a")), Later("bận", outage=True)],
    ):
        breaker = CircuitBreaker(SetClock())
        breaker.record(outcomes)
        assert breaker.is_open and breaker.why == "bận", outcomes
    breaker = CircuitBreaker(SetClock())
    breaker.record([Later("một sự kiện phải chờ")])
    breaker.record([Later("bận", outage=True), Done(event("a"))])
    breaker.record([Done(event("a")), Later("chưa tra được", outage=True)], in_order=False)
    assert not breaker.is_open


def test_an_event_that_looks_like_an_outage_again_and_again_is_one_events_fault() -> None:
    monotonic = SetClock()
    breaker = CircuitBreaker(monotonic)
    opened = []
    for _ in range(FLAPS + 3):
        breaker.record_failure("bận", outage=True)
        opened.append(breaker.is_open)
        breaker.record_success()
        monotonic.seconds += 5
    assert opened == [True] * FLAPS + [False] * 3
    monotonic.seconds += FLAP_SECONDS
    breaker.record_failure("bận", outage=True)
    assert breaker.is_open


def test_an_outage_is_logged_when_it_begins_and_when_it_ends() -> None:
    monotonic = SetClock()
    breaker = CircuitBreaker(monotonic, stage="sink.b")
    with capture_logs() as logs:
        for _ in range(4):
            breaker.record_failure("bận", outage=True)
            monotonic.seconds += 60
        breaker.record_success()
        breaker.record_success()
    began, ended = logs
    assert (began["stage"], began["why"]) == ("sink.b", "bận")
    assert (ended["seconds"], ended["failed_probes"], ended["lost"]) == (240.0, 3, "nothing")


@pytest.mark.parametrize("events", [1, 5])
def test_no_event_dies_of_a_target_that_is_down_however_few_attempts_it_has(tmp_path: Path, events: int) -> None:
    clock, sink = ReplayClock(DAY), SwitchedSink()
    database = open_embedded(tmp_path)
    ledger = SqlLedger(database, clock)
    broker = KombuBroker("memory://", clock, name=f"few{events}")
    retry = RetryPolicy((RetryPolicy().rungs[0],), attempts=2)
    broker.declare(["sink.b"], retry.rungs)
    worker = Worker(sink_stage("sink.b", sink, retry), broker=broker, ledger=ledger, clock=clock)
    received = [event(str(number)) for number in range(events)]
    with ledger.transaction() as transaction:
        transaction.receive(received, source="igate", to=("sink.b",), cursor={})
    broker.publish([Bundle("sink.b", tuple(received))])
    consumer = broker.consume("sink.b")
    for attempt in range(6):
        sink.up = attempt == 5
        clock.move_to(clock.now() + retry.rungs[0])
        while delivery := consumer.next(retry.rungs[0] * 0):
            serve_one(worker, delivery)
    assert not ledger.letters()
    assert ledger.balance().sources["igate"] == Account(received=events, delivered=events)
    database.dispose()


class SwitchedSink:
    """A sink that is down until it is `up`, and keeps the number of events of each call."""

    def __init__(self) -> None:
        self.up = False
        self.calls: list[int] = []

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        self.calls.append(len(envelopes))
        if not self.up:
            raise Transient("cổng không trả lời")
        return [Done(envelope) for envelope in envelopes]


def test_while_it_is_open_single_events_probe_the_target_and_no_attempt_is_spent(tmp_path: Path) -> None:
    clock, sink, monotonic = ReplayClock(DAY), SwitchedSink(), SetClock()
    database = open_embedded(tmp_path)
    ledger = SqlLedger(database, clock)
    broker = KombuBroker("memory://", clock, name="probing")
    broker.declare(["sink.b"], RETRY.rungs)
    stage = sink_stage("sink.b", sink, RETRY)
    worker = Worker(stage, broker=broker, ledger=ledger, clock=clock, breaker=CircuitBreaker(monotonic))
    events = [event(str(number)) for number in range(5)]
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=("sink.b",), cursor={})
    broker.publish([Bundle("sink.b", tuple(events))])

    def serve(rounds: int) -> None:
        consumer = broker.consume("sink.b")
        for _ in range(rounds):
            clock.move_to(clock.now() + RETRY.rungs[0])
            while delivery := consumer.next(RETRY.rungs[0] * 0):
                serve_one(worker, delivery)

    serve(rounds=12)  # four times as many tries as the policy allows
    assert not ledger.letters()
    assert sink.calls[0] == 5 and set(sink.calls[1:]) == {1}
    sink.up = True
    serve(rounds=2)
    assert ledger.balance().sources["igate"] == Account(received=5, delivered=5)
    assert list(ledger.verify()) == []
    database.dispose()


@pytest.mark.parametrize("verdicts", [["dead"] * 4, ["done", "dead", "dead", "dead", "dead"]])
def test_a_stage_halts_after_too_many_dead_letters_in_a_row(verdicts: list[Verdict]) -> None:
    halt = HaltGuard("route.a", 4)
    with pytest.raises(Halted, match=r"route\.a.*4 thư chết"):
        halt.check(verdicts)


def test_dead_letters_are_counted_across_bundles_and_from_0_again_after_another_verdict() -> None:
    halt = HaltGuard("route.a", 4)
    halt.check(["dead", "dead", "dead"])
    halt.check(["done", "dead", "dead", "dead"])
    with pytest.raises(Halted):
        halt.check(["dead"])


def test_a_worker_records_and_acks_a_delivery_before_it_halts(tmp_path: Path) -> None:
    clock = ReplayClock(DAY)
    database = open_embedded(tmp_path)
    ledger = SqlLedger(database, clock)
    broker = KombuBroker("memory://", clock, name="halting")
    broker.declare(["route.a"], ())

    def all_die(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        return [Dead("hỏng") for _e in envelopes]

    worker = Worker(Stage("route.a", all_die, RETRY), broker=broker, ledger=ledger, clock=clock, halt_after=3)
    events = [event(str(number)) for number in range(5)]
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=("route.a",), cursor={})
    broker.publish([Bundle("route.a", tuple(events[:2])), Bundle("route.a", tuple(events[2:4]))])
    broker.publish([Bundle("route.a", (events[4],), turn=2)])  # of another turn, so it is not merged
    with pytest.raises(Halted):
        worker.run(threading.Event())
    assert len(ledger.letters()) == 4
    assert broker.depth() == 1
    database.dispose()


def test_a_sink_that_is_refused_halts_its_stage_and_no_event_loses_an_attempt(tmp_path: Path) -> None:
    clock = ReplayClock(DAY)
    database = open_embedded(tmp_path)
    ledger = SqlLedger(database, clock)
    broker = KombuBroker("memory://", clock, name="refused")
    broker.declare(["sink.a"], (timedelta(seconds=5),))
    is_refused = [True]

    def take(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        if not is_refused[0]:
            return [Done(one) for one in envelopes]
        return [Done(envelopes[0]), *(Later("sai mẫu", halt=True) for _e in envelopes[1:])]

    once = RetryPolicy((timedelta(seconds=5),), attempts=1)
    worker = Worker(Stage("sink.a", take, once), broker=broker, ledger=ledger, clock=clock)
    events = [event(str(number)) for number in range(4)]
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=("sink.a",), cursor={})
    broker.publish([Bundle("sink.a", tuple(events))])
    with pytest.raises(Halted, match=r"sink\.a.*sai mẫu"):
        worker.run(threading.Event())
    assert not worker.watch.is_down and "sai mẫu" in str(worker.watch.condition().halted_why)
    assert not ledger.letters() and ledger.in_flight() == 3
    is_refused[0] = False
    clock.move_to(clock.now() + timedelta(seconds=5))
    delivery = broker.consume("sink.a").next(timedelta(seconds=1))
    assert delivery is not None and delivery.bundle.attempt == 1
    serve_one(worker, delivery)
    assert not ledger.letters() and ledger.in_flight() == 0
    database.dispose()
