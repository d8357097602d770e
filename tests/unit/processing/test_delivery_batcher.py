"""Deliveries that wait in a queue are merged, except those that must be handled alone."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.outcome import Done, Outcome
from lienthong.ports import Delivery, Transaction
from lienthong.processing.delivery_batcher import MAX_MERGED_EVENTS, DeliveryBatcher
from lienthong.processing.stage import Stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.databases import open_embedded
from tests.events import DAY, event

TIMEOUT = timedelta(seconds=1)


class WaitingDelivery:
    """A delivery that waits in a queue and counts its acks."""

    def __init__(self, bundle: Bundle, *, redelivered: bool = False) -> None:
        self.bundle = bundle
        self.redelivered = redelivered
        self.redeliveries = int(redelivered)
        self.acks = 0

    def ack(self) -> None:
        self.acks += 1


class Queue:
    """A consumer of given deliveries, with the time-outs of the calls."""

    def __init__(self, deliveries: Sequence[WaitingDelivery]) -> None:
        self.left = list(deliveries)
        self.timeouts: list[timedelta] = []

    def next(self, timeout: timedelta) -> Delivery | None:
        self.timeouts.append(timeout)
        return self.left.pop(0) if self.left else None

    def close(self) -> None: ...


def waiting(*names: str, turn: int = 1, attempt: int = 1, redelivered: bool = False) -> WaitingDelivery:
    return WaitingDelivery(Bundle("sink.b", tuple(map(event, names)), turn, attempt), redelivered=redelivered)


def names(delivery: Delivery | None) -> list[str]:
    assert delivery is not None
    return [envelope.subject for envelope in delivery.bundle.envelopes]


def test_waiting_deliveries_are_merged_and_each_is_acked() -> None:
    deliveries = [waiting("a", "b"), waiting("c"), waiting("d")]
    merged = DeliveryBatcher(Queue(deliveries)).next(TIMEOUT)
    assert names(merged) == ["a", "b", "c", "d"]
    assert merged is not None
    assert (merged.bundle.queue, merged.bundle.turn, merged.redelivered, merged.redeliveries) == ("sink.b", 1, False, 0)
    merged.ack()
    assert [one.acks for one in deliveries] == [1, 1, 1]


def test_it_waits_for_the_first_delivery_only() -> None:
    queue = Queue([waiting("a")])
    batcher = DeliveryBatcher(queue)
    assert names(batcher.next(TIMEOUT)) == ["a"]
    assert batcher.next(TIMEOUT) is None
    assert queue.timeouts == [TIMEOUT, timedelta(0), TIMEOUT]


def test_a_bundle_of_another_turn_or_attempt_is_not_merged() -> None:
    batcher = DeliveryBatcher(
        Queue([waiting("a"), waiting("b", turn=2), waiting("c", turn=2), waiting("d", turn=2, attempt=2)])
    )
    assert [names(batcher.next(TIMEOUT)) for _ in range(3)] == [["a"], ["b", "c"], ["d"]]


def test_a_redelivery_is_not_merged() -> None:
    batcher = DeliveryBatcher(Queue([waiting("a"), waiting("b", redelivered=True), waiting("c"), waiting("d")]))
    got = [batcher.next(TIMEOUT) for _ in range(3)]
    assert [names(one) for one in got] == [["a"], ["b"], ["c", "d"]]
    assert [one.redelivered for one in got if one is not None] == [False, True, False]


def test_an_event_that_was_published_twice_is_in_a_merged_delivery_once() -> None:
    deliveries = [waiting("a", "b"), waiting("b", "a"), waiting("c")]
    merged = DeliveryBatcher(Queue(deliveries)).next(TIMEOUT)
    assert names(merged) == ["a", "b", "c"]


def test_a_merged_delivery_has_a_largest_size() -> None:
    size = MAX_MERGED_EVENTS // 3 + 1
    full = [waiting(*(f"{number}.{n}" for n in range(size))) for number in range(4)]
    batcher = DeliveryBatcher(Queue(full))
    assert [len(names(batcher.next(TIMEOUT))) for _ in range(2)] == [2 * size, 2 * size]
    huge = waiting(*(str(n) for n in range(MAX_MERGED_EVENTS + 5)))
    assert len(names(DeliveryBatcher(Queue([huge, waiting("x")])).next(TIMEOUT))) == MAX_MERGED_EVENTS + 5


def test_a_worker_handles_a_backlog_in_one_call_and_acks_all_of_it(tmp_path: Path) -> None:
    clock, handled, stop = ReplayClock(DAY), [], threading.Event()
    database = open_embedded(tmp_path)
    ledger, broker = SqlLedger(database, clock), KombuBroker("memory://", clock, name="backlog")
    broker.declare(["sink.b"], ())

    def attempt(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        handled.append([envelope.subject for envelope in envelopes])
        stop.set()
        return [Done(envelope) for envelope in envelopes]

    with ledger.transaction() as transaction:
        transaction.receive([event("a"), event("b"), event("c")], source="igate", to=("sink.b",), cursor={})
    broker.publish([waiting("a", "b").bundle, waiting("c").bundle])
    Worker(Stage("sink.b", attempt, RetryPolicy()), broker=broker, ledger=ledger, clock=clock).run(stop)
    assert handled == [["a", "b", "c"]]
    assert (broker.depth(), ledger.in_flight()) == (0, 0)
    broker.close()
    database.dispose()
