"""Poller, worker and recovery together, over the embedded adapters and small invented stages."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.intake.poller import Poller
from lienthong.ledger.records import Account
from lienthong.outcome import Dead, Done, Outcome
from lienthong.ports import Transaction
from lienthong.processing.recovery import Recovery
from lienthong.processing.stage import Stage, sink_stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.databases import open_embedded
from tests.events import DAY
from tests.unit.processing.fakes import NOT_STOPPED, ListSource
from tests.workers import Delivered, serve

RETRY = RetryPolicy((timedelta(seconds=5), timedelta(minutes=1)), attempts=3)


class Collector:
    """A sink that keeps the names of its events, and fails on demand: `down` times, or for the names in `breaks_it`."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.down = 0
        self.breaks_it: set[str] = set()

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        if self.down:
            self.down -= 1
            raise Transient("đích không trả lời")
        if self.breaks_it & {envelope.subject for envelope in envelopes}:
            raise ZeroDivisionError
        self.got += [envelope.subject for envelope in envelopes]
        return [Done(envelope) for envelope in envelopes]


def no_bad_ones(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
    return [Dead("tên xấu", field="name") if "xấu" in e.subject else Done(e) for e in envelopes]


class SmallBus:
    """One source, one route, one sink, served step by step in the thread of the test."""

    def __init__(self, data: Path, name: str) -> None:
        self.clock = ReplayClock(DAY)
        self.database = open_embedded(data)
        self.ledger = SqlLedger(self.database, self.clock)
        self.source, self.sink = ListSource(), Collector()
        self.name, self.starts = name, 0
        self.start()

    def start(self) -> None:
        """A new process on the same data; the queues of the one before are gone."""
        self.starts += 1
        self.broker = KombuBroker("memory://", self.clock, name=f"{self.name}{self.starts}")
        stages = (Stage("route.a", no_bad_ones, RETRY, to=("sink.b",)), sink_stage("sink.b", self.sink, RETRY))
        self.stages = {stage.name: stage for stage in stages}
        self.broker.declare(list(self.stages), RETRY.rungs)
        ports = {"broker": self.broker, "ledger": self.ledger, "clock": self.clock}
        self.poller = Poller("igate", self.source, ("route.a",), bundle_size=3, **ports)
        self.workers = [
            Worker(stage, broker=self.broker, ledger=self.ledger, clock=self.clock) for stage in self.stages.values()
        ]
        self.recovery = Recovery(self.stages, bundle_size=3, **ports)

    def receive(self, *names: str) -> None:
        self.source.names = list(names)
        self.poller.poll(NOT_STOPPED)

    def work(self, stage: str | None = None) -> None:
        """Serve until nothing is ready."""
        chosen = [w for w, name in zip(self.workers, self.stages, strict=True) if stage in (None, name)]
        consumers = [self.broker.consume(name) for name in self.stages if stage in (None, name)]
        again = True
        while again:
            again = False
            for worker, consumer in zip(chosen, consumers, strict=True):
                delivery = consumer.next(timedelta(0))
                if delivery is not None:
                    serve(worker, delivery)
                    again = True

    def account(self) -> Account:
        balance = self.ledger.balance()
        assert balance.faults == ()
        assert list(self.ledger.verify()) == []
        return balance.sources["igate"]


@pytest.fixture
def bus(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SmallBus]:
    small_bus = SmallBus(tmp_path, request.node.name)
    yield small_bus
    small_bus.broker.close()
    small_bus.database.dispose()


def test_every_event_is_delivered_once_however_often_the_source_shows_it(bus: SmallBus) -> None:
    bus.receive("a", "b", "c", "d", "e")
    bus.receive("c", "d", "e", "f")
    bus.work()
    assert sorted(bus.sink.got) == ["a", "b", "c", "d", "e", "f"]
    assert bus.account() == Account(received=6, delivered=6)


def test_an_unconfirmed_publish_is_not_recorded_and_a_late_attempt_publishes_nothing(
    bus: SmallBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus.receive("a")
    delivery = bus.broker.consume("route.a").next(timedelta(0))
    assert delivery is not None

    def refuses(*_: object) -> None:
        raise Transient("không xác nhận")

    with monkeypatch.context() as patched:
        patched.setattr(bus.broker, "publish", refuses)
        serve(bus.workers[0], unconfirmed := Delivered(delivery.bundle))
        assert not unconfirmed.acked
        assert [entry.verdict for entry in bus.ledger.trail("a")] == ["received"]
    serve(bus.workers[0], delivery)
    assert [entry.verdict for entry in bus.ledger.trail("a")] == ["received", "done"]
    monkeypatch.setattr(bus.broker, "publish", refuses)
    serve(bus.workers[0], late := Delivered(delivery.bundle))
    assert late.acked
    assert [entry.verdict for entry in bus.ledger.trail("a")] == ["received", "done"]


def test_pages_and_cursor_before_a_failure_of_the_source_are_kept(bus: SmallBus) -> None:
    bus.source.down_after = 2
    with pytest.raises(Transient):
        bus.receive("a", "b", "c")
    assert bus.ledger.cursor("igate") == {"through": 2}
    bus.work()
    assert bus.sink.got == ["a", "b"]
    bus.source.down_after = None
    bus.receive("a", "b", "c")
    bus.work()
    assert bus.account() == Account(received=3, delivered=3)


def test_a_bad_event_is_the_only_one_that_dies(bus: SmallBus) -> None:
    bus.receive("a", "xấu", "c")
    bus.work()
    assert bus.sink.got == ["a", "c"]
    assert bus.account() == Account(received=3, delivered=2, dead=1)
    (letter,) = bus.ledger.letters()
    assert (letter.envelope.subject, letter.field, letter.reason) == ("xấu", "name", "tên xấu")


def test_events_for_a_sink_that_is_down_are_tried_again_after_the_waits_of_the_ladder(bus: SmallBus) -> None:
    bus.sink.down = 2
    bus.receive("a", "b")
    bus.work()
    assert bus.account() == Account(received=2, in_flight=2)
    for wait in RETRY.rungs:
        bus.clock.move_to(bus.clock.now() + wait)
        bus.work()
    assert bus.account() == Account(received=2, delivered=2)
    assert [e.verdict for e in bus.ledger.trail("a")] == ["received", "done", "later", "later", "done"]


def test_the_event_that_breaks_a_sink_is_found_by_halving_and_is_the_only_one_that_dies(bus: SmallBus) -> None:
    bus.sink.breaks_it = {"b"}
    bus.receive("a", "b", "c")
    bus.work()
    for wait in RETRY.rungs:
        bus.clock.move_to(bus.clock.now() + wait)
        bus.work()
    assert sorted(bus.sink.got) == ["a", "c"]
    assert bus.account() == Account(received=3, delivered=2, dead=1)
    (letter,) = bus.ledger.letters()
    assert letter.error == "RetriesExhausted" and "ZeroDivisionError" in letter.reason


@pytest.mark.parametrize("crash_after", ["poll", "route.a", "sink.b", "later"])
def test_a_crash_at_any_step_loses_no_event_and_delivers_none_twice(bus: SmallBus, crash_after: str) -> None:
    bus.receive("a", "b", "xấu", "d", "e")
    if crash_after != "poll":
        bus.work("route.a")
    if crash_after == "later":
        bus.sink.down = 1
    if crash_after in ("sink.b", "later"):
        bus.work("sink.b")
    bus.start()
    bus.recovery.run(NOT_STOPPED)
    bus.work()
    assert sorted(bus.sink.got) == ["a", "b", "d", "e"]
    assert bus.account() == Account(received=5, delivered=4, dead=1)


def test_recovery_publishes_nothing_when_no_event_is_open(bus: SmallBus) -> None:
    bus.receive("a", "xấu")
    bus.work()
    bus.start()
    assert bus.recovery.run(NOT_STOPPED) == 0


def test_an_event_whose_route_changed_while_it_waited_is_parked_with_the_reason(bus: SmallBus) -> None:
    bus.sink.down = 1
    bus.receive("a")
    bus.work()
    bus.start()
    no_longer = Stage("route.a", lambda es, _: [Dead("nay không hợp lệ") for _e in es], RETRY, to=("sink.b",))
    changed = Recovery({**bus.stages, "route.a": no_longer}, broker=bus.broker, ledger=bus.ledger, clock=bus.clock)
    changed.run(NOT_STOPPED)
    assert bus.account() == Account(received=1, dead=1)
    (letter,) = bus.ledger.letters()
    assert letter.stage == "sink.b" and "nay không hợp lệ" in letter.reason
