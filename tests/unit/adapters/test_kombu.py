"""What only the embedded broker promises: its queues are in this process's memory, and their size is limited."""

from datetime import timedelta

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import ROOM_BYTES, KombuBroker
from lienthong.envelope import Bundle
from tests.events import DAY, event


def test_there_is_no_room_while_too_many_bytes_wait_however_few_their_bundles_are() -> None:
    broker = KombuBroker("memory://", ReplayClock(DAY), name="room")
    broker.declare(["route.a"], [])
    broker.publish([Bundle("route.a", (event("lớn", text="x" * ROOM_BYTES),))])
    assert (broker.depth(), broker.has_room()) == (1, False)
    consumer = broker.consume("route.a")
    delivery = consumer.next(timedelta(seconds=5))
    assert delivery is not None
    delivery.ack()
    assert (broker.depth(), broker.has_room()) == (0, True)
    consumer.close()
    broker.close()
