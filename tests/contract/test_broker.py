"""What every broker promises."""

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


def bundle(*names: str, queue: str = "route.a", **more: object) -> Bundle:
    return Bundle(queue, tuple(event(name) for name in names), **more)  # type: ignore[arg-type]


def received(consumer: Consumer) -> Delivery:
    delivery = consumer.next(SOON)
    assert delivery is not None
    return delivery


def name_of(delivery: Delivery) -> str:
    return delivery.bundle.envelopes[0].subject


def settles(broker: Broker, fact: Callable[[], bool]) -> bool:
    """Whether something becomes true; a server's counts may lag behind its confirms."""
    for _ in range(100):
        if fact():
            return True
        broker.wait_for_change(timedelta(milliseconds=50))
    return False


def test_a_bundle_arrives_whole_and_as_it_was_sent(broker: Broker) -> None:
    sent = bundle("một", "hai", turn=3, attempt=2)
    broker.publish([sent])
    delivery = received(broker.consume("route.a"))
    assert delivery.bundle == sent
    assert not delivery.redelivered
    delivery.ack()


def test_bundles_of_one_queue_do_not_appear_in_another(broker: Broker) -> None:
    broker.publish([bundle("của b", queue="sink.b"), bundle("của a")])
    first, second = broker.consume("route.a"), broker.consume("sink.b")
    assert (name_of(received(first)), name_of(received(second))) == ("của a", "của b")
    assert first.next(NOW) is None and second.next(NOW) is None


def test_bundles_of_one_queue_come_in_the_order_they_were_sent(broker: Broker) -> None:
    names = [str(number) for number in range(20)]
    broker.publish([bundle(name) for name in names])
    consumer, came = broker.consume("route.a"), []
    for _ in names:
        delivery = received(consumer)
        came.append(name_of(delivery))
        delivery.ack()
    assert came == names


def test_two_consumers_share_a_queue_without_sharing_a_bundle(broker: Broker) -> None:
    first = broker.consume("route.a", prefetch=1)
    broker.publish([bundle("một"), bundle("hai")])
    one = received(first)
    two = received(broker.consume("route.a", prefetch=1))
    assert {name_of(one), name_of(two)} == {"một", "hai"}


def test_a_bundle_that_was_not_acked_comes_back_and_says_so(broker: Broker) -> None:
    broker.publish([bundle("một"), bundle("hai")])
    consumer = broker.consume("route.a")
    received(consumer).ack()
    assert name_of(received(consumer)) == "hai"
    consumer.close()
    again = received(broker.consume("route.a"))
    assert name_of(again) == "hai"
    assert again.redelivered and again.redeliveries == 1


def test_a_bundle_with_a_wait_comes_back_to_its_own_queue_when_the_wait_is_over(
    broker: Broker, let_pass: LetPass
) -> None:
    broker.publish([bundle("một", wait=SHORT, turn=2)])
    consumer = broker.consume("route.a")
    assert consumer.next(NOW) is None
    let_pass(SHORT)
    delivery = received(consumer)
    assert delivery.bundle == bundle("một", turn=2)
    assert not delivery.redelivered
    assert broker.next_due() is None


def test_the_next_due_bundle_is_known_unless_the_broker_keeps_its_own_time(broker: Broker, clock: ReplayClock) -> None:
    broker.publish([bundle("một", wait=LONG)])
    assert broker.next_due() == (None if broker.durable else clock.now() + LONG)


def test_a_long_wait_does_not_hold_up_a_short_one(broker: Broker, let_pass: LetPass) -> None:
    broker.publish([bundle("lâu", wait=LONG), bundle("mau", wait=SHORT)])
    let_pass(SHORT)
    assert name_of(received(broker.consume("route.a"))) == "mau"


def test_a_bundle_may_wait_again_and_again(broker: Broker, let_pass: LetPass) -> None:
    consumer = broker.consume("route.a")
    broker.publish([bundle("một", wait=SHORT)])
    for turn in range(2, 6):
        let_pass(SHORT)
        delivery = received(consumer)
        broker.publish([bundle("một", wait=SHORT, turn=turn)])
        delivery.ack()
    let_pass(SHORT)
    assert received(consumer).bundle.turn == 5


def test_busy_counts_what_is_ready_and_what_is_in_hand_but_not_what_is_held_back(broker: Broker) -> None:
    broker.publish([bundle("một"), bundle("hai", wait=LONG)])
    assert settles(broker, lambda: broker.depth() == 1)
    delivery = received(broker.consume("route.a"))
    assert settles(broker, lambda: broker.depth() == 1)
    delivery.ack()
    assert settles(broker, lambda: broker.depth() == 0)


def test_there_is_no_room_while_too_much_waits(broker: Broker) -> None:
    broker.publish([bundle(str(n)) for n in range(3)])
    assert settles(broker, lambda: not broker.has_room())
    received(broker.consume("route.a")).ack()
    assert settles(broker, broker.has_room)


def test_an_announcement_without_subscribers_is_no_fault(broker: Broker) -> None:
    broker.publish([], announce=[event("một")])
    assert broker.depth() == 0


def test_a_publish_to_a_queue_that_does_not_exist_is_refused_and_names_it(broker: Broker) -> None:
    if not broker.durable:
        return  # kombu's own transports make a queue of whatever is published to
    with pytest.raises(LienthongError, match=r"sink\.nowhere"):
        broker.publish([bundle("một", queue="sink.nowhere")])


def test_a_waiting_consumer_is_woken_by_a_publish(broker: Broker) -> None:
    found: list[Envelope] = []

    def wait() -> None:
        delivery = broker.consume("route.a").next(timedelta(seconds=20))
        assert delivery is not None
        found.extend(delivery.bundle.envelopes)

    waiting = threading.Thread(target=wait)
    waiting.start()
    broker.publish([bundle("một")])
    waiting.join(timeout=10)
    assert found == [event("một")]


def test_many_threads_may_publish_at_once(broker: Broker) -> None:
    def send(start: int) -> None:
        for number in range(start, start + 20):
            broker.publish([bundle(str(number))])

    senders = [threading.Thread(target=send, args=(start,)) for start in (0, 100, 200)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    consumer, came = broker.consume("route.a"), set()
    for _ in range(60):
        delivery = received(consumer)
        came.add(name_of(delivery))
        delivery.ack()
    assert len(came) == 60
