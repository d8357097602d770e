"""What is declared on RabbitMQ, by what names, and which rung a wait goes to."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.adapters.rabbitmq.declarations import Binding, Exchange, Queue, declarations_of, rung_for
from lienthong.adapters.rabbitmq.naming import on_broker, rung_name
from lienthong.topology import Topology

SECOND = timedelta(seconds=1)
TOPOLOGY = Topology(["route.a", "sink.b"], ["route.a.quarantine", "sink.b.quarantine"], [5 * SECOND, 120 * SECOND])
waits = st.timedeltas(timedelta(milliseconds=1), timedelta(days=30)).map(
    lambda wait: wait - timedelta(microseconds=wait.microseconds % 1000)
)


def test_names_carry_the_version_of_their_declaration() -> None:
    assert on_broker("route.a") == "lt1.route.a"
    assert [rung_name(n * SECOND) for n in (0.2, 5, 90, 120, 3600, 86400)] == [
        "lt1.delay.200ms",
        "lt1.delay.5s",
        "lt1.delay.90s",
        "lt1.delay.2m",
        "lt1.delay.1h",
        "lt1.delay.1d",
    ]


def test_a_wait_of_parts_of_milliseconds_has_no_rung() -> None:
    with pytest.raises(ValueError, match="milliseconds"):
        rung_name(timedelta(microseconds=1500))


@given(waits, waits)
def test_two_waits_share_a_rung_only_if_they_are_the_same(one: timedelta, other: timedelta) -> None:
    assert (rung_name(one) == rung_name(other)) == (one == other)


@given(waits, st.lists(waits, min_size=1).map(sorted))
def test_nobody_comes_back_early_unless_no_rung_is_long_enough(wait: timedelta, rungs: list[timedelta]) -> None:
    rung = rung_for(wait, rungs)
    assert rung >= wait or rung == rungs[-1]
    assert not [shorter for shorter in rungs if wait <= shorter < rung]


def test_without_rungs_nothing_can_wait() -> None:
    with pytest.raises(ValueError, match="rungs"):
        rung_for(SECOND, [])


def test_every_stage_quarantine_and_rung_is_a_durable_quorum_queue() -> None:
    queues = [one for one in declarations_of(TOPOLOGY) if isinstance(one, Queue)]
    assert [queue.name for queue in queues] == [
        "lt1.route.a",
        "lt1.sink.b",
        "lt1.route.a.quarantine",
        "lt1.sink.b.quarantine",
        "lt1.unreadable",
        "lt1.delay.5s",
        "lt1.delay.2m",
    ]
    assert {queue.arguments["x-queue-type"] for queue in queues} == {"quorum"}


def test_only_rungs_lose_messages_to_time_and_they_do_so_at_least_once_to_the_key_they_came_with() -> None:
    timed = {queue.name: queue.arguments for queue in _queues() if "x-message-ttl" in queue.arguments}
    assert {name: arguments["x-message-ttl"] for name, arguments in timed.items()} == {
        "lt1.delay.5s": 5_000,
        "lt1.delay.2m": 120_000,
    }
    for arguments in timed.values():
        assert arguments["x-dead-letter-exchange"] == ""
        assert "x-dead-letter-routing-key" not in arguments
        assert (arguments["x-dead-letter-strategy"], arguments["x-overflow"]) == ("at-least-once", "reject-publish")


def test_no_queue_that_keeps_bundles_has_a_delivery_limit_anybody_could_reach() -> None:
    kept = [queue for queue in _queues() if "x-message-ttl" not in queue.arguments]
    assert all(queue.arguments["x-delivery-limit"] >= 1_000_000 for queue in kept)


def test_a_rungs_exchange_and_queue_exist_before_they_are_bound() -> None:
    order = declarations_of(TOPOLOGY)
    for binding in (one for one in order if isinstance(one, Binding)):
        names = [one.name for one in order[: order.index(binding)] if isinstance(one, Exchange | Queue)]
        assert names.count(binding.queue) == 2


def _queues() -> list[Queue]:
    return [one for one in declarations_of(TOPOLOGY) if isinstance(one, Queue)]
