"""What waits anyway is taken together; what must stay apart stays apart."""

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

SOON = timedelta(seconds=1)


class Lying:
    """A delivery that lies in a queue."""

    def __init__(self, bundle: Bundle, *, redelivered: bool = False) -> None:
        self.bundle = bundle
        self.redelivered = redelivered
        self.redeliveries = int(redelivered)
        self.acks = 0

    def ack(self) -> None:
        self.acks += 1


class Queue:
    """A consumer of what lies in it; it notes how long it was asked to wait."""

    def __init__(self, lying: Sequence[Lying]) -> None:
        self.left = list(lying)
        self.waits: list[timedelta] = []

    def next(self, timeout: timedelta) -> Delivery | None:
        self.waits.append(timeout)
        return self.left.pop(0) if self.left else None

    def close(self) -> None: ...


def lying(*names: str, turn: int = 1, attempt: int = 1, redelivered: bool = False) -> Lying:
    return Lying(Bundle("sink.b", tuple(map(event, names)), turn, attempt), redelivered=redelivered)


def names(delivery: Delivery | None) -> list[str]:
    assert delivery is not None
    return [envelope.subject for envelope in delivery.bundle.envelopes]


def test_what_lies_in_the_queue_is_taken_together_and_acked_one_by_one() -> None:
    some = [lying("a", "b"), lying("c"), lying("d")]
    whole = DeliveryBatcher(Queue(some)).next(SOON)
    assert names(whole) == ["a", "b", "c", "d"]
    assert whole is not None
    assert (whole.bundle.queue, whole.bundle.turn, whole.redelivered, whole.redeliveries) == ("sink.b", 1, False, 0)
    whole.ack()
    assert [one.acks for one in some] == [1, 1, 1]


def test_only_the_first_is_waited_for() -> None:
    queue = Queue([lying("a")])
    gathering = DeliveryBatcher(queue)
    assert names(gathering.next(SOON)) == ["a"]
    assert gathering.next(SOON) is None
    assert queue.waits == [SOON, timedelta(0), SOON]


def test_bundles_in_another_turn_or_attempt_wait_for_the_next_time() -> None:
    gathering = DeliveryBatcher(
        Queue([lying("a"), lying("b", turn=2), lying("c", turn=2), lying("d", turn=2, attempt=2)])
    )
    assert [names(gathering.next(SOON)) for _ in range(3)] == [["a"], ["b", "c"], ["d"]]


def test_a_bundle_that_was_in_somebodys_hands_is_alone() -> None:
    gathering = DeliveryBatcher(Queue([lying("a"), lying("b", redelivered=True), lying("c"), lying("d")]))
    got = [gathering.next(SOON) for _ in range(3)]
    assert [names(one) for one in got] == [["a"], ["b"], ["c", "d"]]
    assert [one.redelivered for one in got if one is not None] == [False, True, False]


def test_an_event_that_was_sent_twice_is_there_once() -> None:
    some = [lying("a", "b"), lying("b", "a"), lying("c")]
    whole = DeliveryBatcher(Queue(some)).next(SOON)
    assert names(whole) == ["a", "b", "c"]


def test_there_is_an_end_to_it() -> None:
    size = MAX_MERGED_EVENTS // 3 + 1
    full = [lying(*(f"{number}.{n}" for n in range(size))) for number in range(4)]
    gathering = DeliveryBatcher(Queue(full))
    assert [len(names(gathering.next(SOON))) for _ in range(2)] == [2 * size, 2 * size]
    huge = lying(*(str(n) for n in range(MAX_MERGED_EVENTS + 5)))
    assert len(names(DeliveryBatcher(Queue([huge, lying("x")])).next(SOON))) == MAX_MERGED_EVENTS + 5


def test_a_worker_handles_a_backlog_at_once_and_acks_all_of_it(tmp_path: Path) -> None:
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
    broker.publish([lying("a", "b").bundle, lying("c").bundle])
    Worker(Stage("sink.b", attempt, RetryPolicy()), broker=broker, ledger=ledger, clock=clock).run(stop)
    assert handled == [["a", "b", "c"]]
    assert (broker.depth(), ledger.in_flight()) == (0, 0)
    broker.close()
    database.dispose()
