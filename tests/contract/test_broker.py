"""The contract of every broker."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import LienthongError
from lienthong.ports import Broker, Consumer, Delivery
from tests.events import event

NOW = timedelta(0)
SOON = timedelta(seconds=10)
SHORT, LONG = timedelta(milliseconds=200), timedelta(hours=1)

LetPass = Callable[[timedelta], None]


@pytest.fixture(autouse=True)
def queues(broker: Broker) -> None:
    broker.declare(["route.a", "sink.b"], (SHORT, LONG))


def bundle(*names: str, queue: str = "route.a", turn: int = 1, attempt: int = 1, wait: timedelta = NOW) -> Bundle:
    return Bundle(queue, tuple(event(name) for name in names), turn, attempt, wait)


def receive(consumer: Consumer) -> Delivery:
    delivery = consumer.next(SOON)
    assert delivery is not None
    return delivery


def name_of(delivery: Delivery) -> str:
    return delivery.bundle.envelopes[0].subject


def becomes_true(broker: Broker, condition: Callable[[], bool]) -> bool:
    """Whether a condition becomes true. A server's counts may lag behind its confirms."""
    for _ in range(100):
        if condition():
            return True
        broker.wait_for_change(timedelta(milliseconds=50))
    return False


def test_a_bundle_arrives_as_it_was_sent(broker: Broker) -> None:
    sent = bundle("một", "hai", turn=3, attempt=2)
    broker.publish([sent])
    delivery = receive(broker.consume("route.a"))
    assert delivery.bundle == sent
    assert not delivery.redelivered
    delivery.ack()


def test_bundles_of_one_queue_do_not_appear_in_another(broker: Broker) -> None:
    broker.publish([bundle("của b", queue="sink.b"), bundle("của a")])
    first, second = broker.consume("route.a"), broker.consume("sink.b")
    assert (name_of(receive(first)), name_of(receive(second))) == ("của a", "của b")
    assert first.next(NOW) is None and second.next(NOW) is None


def test_bundles_of_one_queue_come_in_the_order_they_were_sent(broker: Broker) -> None:
    names = [str(number) for number in range(20)]
    broker.publish([bundle(name) for name in names])
    consumer, order = broker.consume("route.a"), []
    for _ in names:
        delivery = receive(consumer)
        order.append(name_of(delivery))
        delivery.ack()
    assert order == names


def test_two_consumers_share_a_queue_without_sharing_a_bundle(broker: Broker) -> None:
    first = broker.consume("route.a", prefetch=1)
    broker.publish([bundle("một"), bundle("hai")])
    one = receive(first)
    two = receive(broker.consume("route.a", prefetch=1))
    assert {name_of(one), name_of(two)} == {"một", "hai"}


def test_a_bundle_that_was_not_acked_is_redelivered_and_marked(broker: Broker) -> None:
    broker.publish([bundle("một"), bundle("hai")])
    consumer = broker.consume("route.a")
    receive(consumer).ack()
    assert name_of(receive(consumer)) == "hai"
    consumer.close()
    again = receive(broker.consume("route.a"))
    assert name_of(again) == "hai"
    assert again.redelivered and again.redeliveries == 1


def test_a_bundle_with_a_wait_comes_back_to_its_own_queue_when_the_wait_is_over(
    broker: Broker, let_pass: LetPass
) -> None:
    broker.publish([bundle("một", wait=SHORT, turn=2)])
    consumer = broker.consume("route.a")
    assert consumer.next(NOW) is None
    let_pass(SHORT)
    delivery = receive(consumer)
    assert delivery.bundle == bundle("một", turn=2)
    assert not delivery.redelivered
    assert broker.next_due() is None


def test_the_next_due_bundle_is_known_unless_the_broker_keeps_its_own_time(broker: Broker, clock: ReplayClock) -> None:
    broker.publish([bundle("một", wait=LONG)])
    assert broker.next_due() == (None if broker.durable else clock.now() + LONG)


def test_a_long_wait_does_not_hold_up_a_short_one(broker: Broker, let_pass: LetPass) -> None:
    broker.publish([bundle("lâu", wait=LONG), bundle("mau", wait=SHORT)])
    let_pass(SHORT)
    assert name_of(receive(broker.consume("route.a"))) == "mau"


def test_a_bundle_may_wait_again_and_again(broker: Broker, let_pass: LetPass) -> None:
    consumer = broker.consume("route.a")
    broker.publish([bundle("một", wait=SHORT)])
    for turn in range(2, 6):
        let_pass(SHORT)
        delivery = receive(consumer)
        broker.publish([bundle("một", wait=SHORT, turn=turn)])
        delivery.ack()
    let_pass(SHORT)
    assert receive(consumer).bundle.turn == 5


def test_depth_counts_ready_and_unacked_bundles_but_not_those_that_wait(broker: Broker) -> None:
    broker.publish([bundle("một"), bundle("hai", wait=LONG)])
    assert becomes_true(broker, lambda: broker.depth() == 1)
    delivery = receive(broker.consume("route.a"))
    assert becomes_true(broker, lambda: broker.depth() == 1)
    delivery.ack()
    assert becomes_true(broker, lambda: broker.depth() == 0)


def test_there_is_no_room_while_too_much_waits(broker: Broker) -> None:
    broker.publish([bundle(str(n)) for n in range(3)])
    assert becomes_true(broker, lambda: not broker.has_room())
    receive(broker.consume("route.a")).ack()
    assert becomes_true(broker, broker.has_room)


def test_an_announcement_without_subscribers_is_not_an_error(broker: Broker) -> None:
    broker.publish([], announce=[event("một")])
    assert broker.depth() == 0


def test_a_publish_to_an_unknown_queue_is_refused_and_names_it_or_creates_it(broker: Broker) -> None:
    unknown = bundle("một", queue="sink.nowhere")
    if not broker.durable:  # kombu's transports create a queue for every key that is published to
        broker.publish([unknown])
        assert broker.depth() == 1
        return
    with pytest.raises(LienthongError, match=r"sink\.nowhere"):
        broker.publish([unknown])


def test_a_waiting_consumer_is_woken_by_a_publish(broker: Broker) -> None:
    received: list[Envelope] = []

    def wait() -> None:
        delivery = broker.consume("route.a").next(timedelta(seconds=20))
        assert delivery is not None
        received.extend(delivery.bundle.envelopes)

    waiting = threading.Thread(target=wait)
    waiting.start()
    broker.publish([bundle("một")])
    waiting.join(timeout=10)
    assert received == [event("một")]


def test_many_threads_may_publish_at_once(broker: Broker) -> None:
    def send(start: int) -> None:
        for number in range(start, start + 20):
            broker.publish([bundle(str(number))])

    senders = [threading.Thread(target=send, args=(start,)) for start in (0, 100, 200)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    consumer, names = broker.consume("route.a"), set()
    for _ in range(60):
        delivery = receive(consumer)
        names.add(name_of(delivery))
        delivery.ack()
    assert len(names) == 60
