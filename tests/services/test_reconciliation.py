"""What is open in the ledger and in no queue is published again, once, and nothing is delivered twice."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.handovers import republished_since
from lienthong.data.message_headers import Origin
from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.records import Account
from lienthong.maintenance.busy_stages import BUSY_AFTER_SECONDS, BusyStages
from lienthong.outcome import Done, Outcome
from lienthong.ports import Transaction
from lienthong.processing.admission import OLD_AFTER_SECONDS, Admission
from lienthong.processing.circuit_breaker import CircuitBreaker
from lienthong.processing.stage import Stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.events import DAY, event
from tests.services import rabbitmq
from tests.services.bus_steps import NEVER, ROUTE, SINK, SmallBus, small_bus
from tests.services.rabbitmq_steps import open_channel, wait_until
from tests.workers import Delivered, serve

MARGIN = timedelta(minutes=15)


@pytest.fixture
def url() -> str:
    return rabbitmq.node().url()


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(DAY)


def move(clock: ReplayClock, minutes: int) -> None:
    clock.move_to(clock.now() + timedelta(minutes=minutes))


def purge(url: str, bus: SmallBus, stage: str) -> None:
    wait_until(lambda: not bus.broker.is_idle(stage))
    with open_channel(url) as channel:
        channel.queue_purge(f"lt1.{stage}")


@pytest.mark.parametrize("stage", [ROUTE, SINK])
def test_a_purged_queue_is_filled_again_once_after_the_margin(
    url: str, tmp_path: Path, clock: ReplayClock, stage: str
) -> None:
    with small_bus(url, tmp_path / "data", clock) as bus:
        bus.receive("a", "b")
        if stage == SINK:
            bus.work(ROUTE)
        purge(url, bus, stage)
        move(clock, 14)
        assert bus.reconcile() == 0
        move(clock, 2)
        assert (bus.reconcile(), bus.reconcile()) == (2, 0)
        bus.work(ROUTE)
        bus.work(SINK)
        assert bus.delivered == ["a", "b"]
        assert bus.ledger.balance().sources["igate"] == Account(received=2, delivered=2)
        assert list(bus.ledger.verify()) == []
        assert republished_since(bus.database, DAY) == {stage: 2}
        assert [entry.verdict for entry in bus.ledger.trail("a") if entry.stage == stage] == ["later", "done"]
        move(clock, 60)
        assert bus.reconcile() == 0


def test_nothing_is_republished_while_messages_are_ready(url: str, tmp_path: Path, clock: ReplayClock) -> None:
    with small_bus(url, tmp_path / "data", clock) as bus:
        bus.receive("a")
        move(clock, 600)
        wait_until(lambda: not bus.broker.is_idle(ROUTE))
        assert bus.reconcile() == 0


def test_a_deleted_queue_is_declared_again_and_filled(url: str, tmp_path: Path, clock: ReplayClock) -> None:
    with small_bus(url, tmp_path / "data", clock) as bus:
        consumer = bus.broker.consume(ROUTE)
        bus.receive("a")
        delivery = consumer.next(timedelta(seconds=10))
        assert delivery is not None
        with open_channel(url) as channel:
            channel.queue_delete(f"lt1.{ROUTE}")
        wait_until(lambda: "lt1.route.a" in _depths(bus))
        consumer.close()
        move(clock, 16)
        assert bus.reconcile() == 1
        bus.work(ROUTE)
        bus.work(SINK)
        assert bus.delivered == ["a"]


def _depths(bus: SmallBus) -> frozenset[str]:
    from lienthong.errors import Transient

    try:
        return frozenset(bus.broker.depths())
    except Transient:
        return frozenset()


def test_a_copy_that_turns_up_later_is_not_attempted(url: str, tmp_path: Path, clock: ReplayClock) -> None:
    with small_bus(url, tmp_path / "data", clock) as bus:
        bus.receive("a", publish=False)
        move(clock, 16)
        assert bus.reconcile() == 1
        admission = Admission(ROUTE, broker=bus.broker, ledger=bus.ledger)
        origin = Origin(bus.identity.id, bus.identity.incarnation)
        lost = Bundle(ROUTE, (event("a"),), origin=origin, sent=1)
        assert admission.admit(Delivered(lost), NEVER) == ()
        young = Bundle(ROUTE, (event("a"),), origin=origin)
        assert admission.admit(Delivered(young, redeliveries=1), NEVER) == ()
        assert admission.admit(Delivered(young), NEVER) == (young,)  # young ones are not compared: the ledger absorbs
        assert MARGIN.total_seconds() > OLD_AFTER_SECONDS


def test_a_message_of_the_version_before_is_accepted_if_its_events_are_known(
    url: str, tmp_path: Path, clock: ReplayClock
) -> None:
    with small_bus(url, tmp_path / "data", clock) as bus:
        bus.receive("a", publish=False)
        admission = Admission(ROUTE, broker=bus.broker, ledger=bus.ledger)
        known = Bundle(ROUTE, (event("a"),))
        assert admission.admit(Delivered(known), NEVER) == (known,)
        assert admission.admit(Delivered(Bundle(ROUTE, (event("lạ"),))), NEVER) == ()
        assert bus.aside.counts()["foreign"] == 1


def test_events_that_a_process_is_still_handling_are_not_lost(
    url: str, tmp_path: Path, clock: ReplayClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_bus(url, tmp_path / "data", clock) as bus:
        bus.receive("a", publish=False)
        move(clock, 16)
        worker = Worker(bus.stages[ROUTE], broker=bus.broker, ledger=bus.ledger, clock=clock)
        busy = BusyStages(bus.ledger, [worker])
        monkeypatch.setattr(worker.handling, "seconds", lambda: BUSY_AFTER_SECONDS + 1)
        busy.hold()
        assert bus.reconcile() == 0
        monkeypatch.undo()
        busy.hold()
        assert bus.reconcile() == 1


def test_what_a_worker_keeps_while_its_target_is_down_is_not_lost(url: str, tmp_path: Path, clock: ReplayClock) -> None:
    """RabbitMQ has delivered it, so it is ready in no queue, and the worker waits for its next probe."""
    with small_bus(url, tmp_path / "data", clock) as bus:
        breaker = CircuitBreaker()
        worker = Worker(bus.stages[SINK], broker=bus.broker, ledger=bus.ledger, clock=clock, breaker=breaker)
        busy = BusyStages(bus.ledger, [worker])
        bus.receive("a")
        bus.work(ROUTE)
        wait_until(lambda: not bus.broker.is_idle(SINK))
        consumer = bus.broker.consume(SINK)
        wait_until(lambda: bus.broker.is_idle(SINK))
        breaker.record_failure("bận", outage=True)
        busy.hold()
        move(clock, 16)
        assert bus.reconcile() == 0
        breaker.record_success()
        busy.hold()
        consumer.close()
        wait_until(lambda: not bus.broker.is_idle(SINK))
        assert bus.reconcile() == 0


def test_a_worker_knows_how_long_it_has_been_handling(url: str, tmp_path: Path, clock: ReplayClock) -> None:
    with small_bus(url, tmp_path / "data", clock) as bus:
        seen: list[float] = []

        def handle(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
            seen.append(worker.handling.seconds())
            return [Done(envelope) for envelope in envelopes]

        stage = Stage(ROUTE, handle, RetryPolicy())
        worker = Worker(stage, broker=bus.broker, ledger=bus.ledger, clock=clock)
        bus.receive("a", publish=False)
        serve(worker, Delivered(Bundle(ROUTE, (event("a"),))))
        assert seen[0] > 0 and worker.handling.seconds() == 0
