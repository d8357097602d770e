"""What is declared on RabbitMQ, and which rung a wait goes to."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.adapters.rabbitmq.declarations import Binding, Exchange, Queue, declarations_of, rung_for
from lienthong.topology import Topology

SECOND = timedelta(seconds=1)
TOPOLOGY = Topology(["route.a", "sink.b"], ["route.a.quarantine", "sink.b.quarantine"], [5 * SECOND, 120 * SECOND])
waits = st.timedeltas(timedelta(milliseconds=1), timedelta(days=30))


@given(waits, st.lists(waits, min_size=1).map(sorted))
def test_no_bundle_returns_early_unless_no_rung_is_long_enough(wait: timedelta, rungs: list[timedelta]) -> None:
    rung = rung_for(wait, rungs)
    assert rung >= wait or rung == rungs[-1]
    assert not [shorter for shorter in rungs if wait <= shorter < rung]


def test_without_rungs_nothing_can_wait() -> None:
    with pytest.raises(ValueError, match="rungs"):
        rung_for(SECOND, [])


def test_every_stage_quarantine_and_rung_is_a_durable_quorum_queue() -> None:
    assert [queue.name for queue in _queues()] == [
        "lt1.route.a",
        "lt1.sink.b",
        "lt1.route.a.quarantine",
        "lt1.sink.b.quarantine",
        "lt1.unreadable",
        "lt1.delay.5s",
        "lt1.delay.2m",
    ]
    assert {queue.arguments["x-queue-type"] for queue in _queues()} == {"quorum"}


def test_only_rungs_expire_messages_and_dead_letter_them_at_least_once_by_their_own_key() -> None:
    timed = {queue.name: queue.arguments for queue in _queues() if "x-message-ttl" in queue.arguments}
    assert {name: arguments["x-message-ttl"] for name, arguments in timed.items()} == {
        "lt1.delay.5s": 5_000,
        "lt1.delay.2m": 120_000,
    }
    for arguments in timed.values():
        assert arguments["x-dead-letter-exchange"] == ""
        assert "x-dead-letter-routing-key" not in arguments
        assert (arguments["x-dead-letter-strategy"], arguments["x-overflow"]) == ("at-least-once", "reject-publish")


def test_no_work_queue_has_a_delivery_limit_that_is_ever_reached() -> None:
    work_queues = [queue for queue in _queues() if "x-message-ttl" not in queue.arguments]
    assert all(queue.arguments["x-delivery-limit"] >= 1_000_000 for queue in work_queues)


def test_a_rungs_exchange_and_queue_are_declared_before_their_binding() -> None:
    declarations = declarations_of(TOPOLOGY)
    for binding in (declared for declared in declarations if isinstance(declared, Binding)):
        earlier = declarations[: declarations.index(binding)]
        names = [declared.name for declared in earlier if isinstance(declared, Exchange | Queue)]
        assert names.count(binding.queue) == 2


def _queues() -> list[Queue]:
    return [declared for declared in declarations_of(TOPOLOGY) if isinstance(declared, Queue)]
