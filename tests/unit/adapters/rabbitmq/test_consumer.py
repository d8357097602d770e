"""Whatever is in a queue, the worker's thread goes on: a message is a bundle, or it is parked unchanged."""

from datetime import timedelta
from queue import SimpleQueue
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from lienthong.adapters.rabbitmq.consumer import RabbitConsumer
from lienthong.adapters.rabbitmq.outbound import OutboundMessage
from lienthong.adapters.rabbitmq.subscription import RawDelivery
from lienthong.envelope import Bundle
from lienthong.errors import Transient
from tests.events import event

NOW = timedelta(0)
scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5)
names = st.sampled_from(["id", "type", "source", "subject", "time", "receivedat", "data"])
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner), max_leaves=9
)


class FakeSubscription:
    """A subscription whose deliveries have these bodies."""

    queue = "lt1.route.a"

    def __init__(self, *bodies: bytes, headers: dict[str, Any] | None = None) -> None:
        self.deliveries: SimpleQueue[RawDelivery] = SimpleQueue()
        self.acked: list[int] = []
        for tag, body in enumerate(bodies, 1):
            self.deliveries.put(RawDelivery(1, tag, False, headers or {}, "text/plain", body))

    def ack(self, generation: int, tag: int) -> None:
        self.acked.append(tag)


class FakeParking:
    """Keeps what is parked; while it is closed, nothing can be parked."""

    def __init__(self, *, closed: bool = False) -> None:
        self.closed = closed
        self.parked: list[OutboundMessage] = []

    def __call__(self, outbound: OutboundMessage) -> None:
        if self.closed:
            raise Transient("RabbitMQ không trả lời")
        self.parked.append(outbound)


def make_consumer(subscription: FakeSubscription, parking: FakeParking) -> RabbitConsumer:
    return RabbitConsumer(
        "route.a",
        subscription,  # type: ignore[arg-type]  # the consumer uses no more of a subscription than the fake has
        park=parking,
        unsubscribe=lambda _: None,
        on_acked=lambda: None,
    )


@given(
    st.binary(max_size=20) | json_values.map(orjson.dumps),
    st.dictionaries(st.sampled_from(["turn", "attempt"]), scalars),
)
def test_a_message_that_is_no_bundle_is_parked_byte_for_byte_and_acked(body: bytes, headers: dict[str, Any]) -> None:
    subscription, parking = FakeSubscription(body, headers=headers), FakeParking()
    with capture_logs() as logs:
        assert make_consumer(subscription, parking).next(NOW) is None
    assert [(outbound.key, outbound.body) for outbound in parking.parked] == [("lt1.unreadable", body)]
    assert subscription.acked == [1]
    assert [line["log_level"] for line in logs] == ["error"]


def test_a_message_that_cannot_be_parked_now_is_not_acked_and_is_parked_later() -> None:
    subscription, parking = FakeSubscription(b"not a bundle"), FakeParking(closed=True)
    consumer = make_consumer(subscription, parking)
    assert consumer.next(NOW) is None
    assert subscription.acked == []
    parking.closed = False
    assert consumer.next(NOW) is None
    assert [outbound.body for outbound in parking.parked] == [b"not a bundle"]
    assert subscription.acked == [1]


def test_bundles_behind_an_unreadable_message_are_delivered_while_it_cannot_be_parked() -> None:
    sent = Bundle("route.a", (event("một"),))
    consumer = make_consumer(FakeSubscription(b"not a bundle", sent.body()), FakeParking(closed=True))
    delivery = consumer.next(timedelta(seconds=1))
    assert delivery is not None and delivery.bundle == sent
