"""What every broker promises."""

import threading
from datetime import timedelta

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Bundle, Envelope
from lienthong.ports import Broker
from tests.events import event

NOW = timedelta(0)
SOON = timedelta(seconds=0.3)
RUNGS = (timedelta(seconds=5), timedelta(seconds=60))


@pytest.fixture(autouse=True)
def queues(broker: Broker) -> None:
    broker.declare(["route.a", "sink.b"], RUNGS)


def bundle(*names: str, queue: str = "route.a", **more: object) -> Bundle:
    return Bundle(queue, tuple(event(name) for name in names), **more)  # type: ignore[arg-type]


def test_a_bundle_arrives_whole_and_as_it_was_sent(broker: Broker) -> None:
    sent = bundle("một", "hai", turn=3, attempt=2)
    broker.publish([sent])
    delivery = broker.consume("route.a").next(SOON)
    assert delivery is not None
    assert delivery.bundle == sent
    assert not delivery.redelivered
    delivery.ack()


def test_bundles_of_one_queue_do_not_appear_in_another(broker: Broker) -> None:
    broker.publish([bundle("một", queue="sink.b")])
    assert broker.consume("route.a").next(NOW) is None
    assert broker.consume("sink.b").next(SOON) is not None


def test_two_consumers_share_a_queue_without_sharing_a_bundle(broker: Broker) -> None:
    broker.publish([bundle("một"), bundle("hai")])
    first, second = broker.consume("route.a").next(SOON), broker.consume("route.a").next(SOON)
    assert first and second
    assert {first.bundle.envelopes[0].id, second.bundle.envelopes[0].id} == {event("một").id, event("hai").id}


def test_a_bundle_with_a_wait_comes_back_to_its_own_queue_when_the_wait_is_over(
    broker: Broker, clock: ReplayClock
) -> None:
    broker.publish([bundle("một", wait=RUNGS[0], turn=2)])
    consumer = broker.consume("route.a")
    assert consumer.next(NOW) is None
    due = broker.next_due()
    assert due == clock.now() + RUNGS[0]
    clock.move_to(due)
    delivery = consumer.next(SOON)
    assert delivery is not None and delivery.bundle.turn == 2
    assert broker.next_due() is None


def test_a_long_wait_does_not_hold_up_a_short_one(broker: Broker, clock: ReplayClock) -> None:
    broker.publish([bundle("lâu", wait=RUNGS[1]), bundle("mau", wait=RUNGS[0])])
    clock.move_to(clock.now() + RUNGS[0])
    delivery = broker.consume("route.a").next(SOON)
    assert delivery is not None and delivery.bundle.envelopes[0].id == event("mau").id


def test_busy_counts_what_is_ready_and_what_is_in_hand_but_not_what_is_held_back(broker: Broker) -> None:
    broker.publish([bundle("một"), bundle("hai", wait=RUNGS[0])])
    assert broker.busy() == 1
    delivery = broker.consume("route.a").next(SOON)
    assert delivery is not None and broker.busy() == 1
    delivery.ack()
    assert broker.busy() == 0


def test_there_is_no_room_while_too_much_waits(broker: Broker) -> None:
    broker.publish([bundle(str(n)) for n in range(3)])
    assert not broker.has_room()
    delivery = broker.consume("route.a").next(SOON)
    assert delivery is not None
    delivery.ack()
    assert broker.has_room()


def test_an_announcement_without_subscribers_is_no_fault(broker: Broker) -> None:
    broker.publish([], announce=[event("một")])
    assert broker.busy() == 0


def test_a_waiting_consumer_is_woken_by_a_publish(broker: Broker) -> None:
    found: list[Envelope] = []

    def wait() -> None:
        delivery = broker.consume("route.a").next(timedelta(seconds=20))
        assert delivery is not None
        found.extend(delivery.bundle.envelopes)

    waiting = threading.Thread(target=wait)
    waiting.start()
    broker.publish([bundle("một")])
    waiting.join(timeout=5)
    assert found == [event("một")]
