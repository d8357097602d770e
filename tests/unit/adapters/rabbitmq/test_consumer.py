"""Whatever comes out of a queue, the worker's thread lives: it is a bundle, or it is parked as it came."""

from datetime import timedelta
from queue import SimpleQueue
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from lienthong.adapters.rabbitmq.consumer import RabbitConsumer
from lienthong.adapters.rabbitmq.publisher import Message
from lienthong.adapters.rabbitmq.subscription import Arrived
from lienthong.envelope import Bundle
from lienthong.errors import Transient
from tests.events import event

NOW = timedelta(0)
scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5)
names = st.sampled_from(["id", "type", "source", "subject", "time", "receivedat", "data"])
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner), max_leaves=9
)


class Subscribed:
    """A subscription to a queue that holds what it is given."""

    queue = "lt1.route.a"

    def __init__(self, *bodies: bytes, headers: dict[str, Any] | None = None) -> None:
        self.inbox: SimpleQueue[Arrived] = SimpleQueue()
        self.settled: list[int] = []
        for tag, body in enumerate(bodies, 1):
            self.inbox.put(Arrived(1, tag, False, headers or {}, "text/plain", body))

    def settle(self, generation: int, tag: int) -> None:
        self.settled.append(tag)


class Parking:
    """Takes what is parked, unless it is closed."""

    def __init__(self, *, closed: bool = False) -> None:
        self.closed = closed
        self.parked: list[Message] = []

    def __call__(self, message: Message) -> None:
        if self.closed:
            raise Transient("RabbitMQ không trả lời")
        self.parked.append(message)


def consumer(subscribed: Subscribed, parking: Parking) -> RabbitConsumer:
    return RabbitConsumer("route.a", subscribed, parking, lambda _: None, lambda: None)  # type: ignore[arg-type]


@given(
    st.binary(max_size=20) | json_values.map(orjson.dumps),
    st.dictionaries(st.sampled_from(["turn", "attempt"]), scalars),
)
def test_what_is_no_bundle_is_parked_byte_for_byte_and_acked(body: bytes, headers: dict[str, Any]) -> None:
    subscribed, parking = Subscribed(body, headers=headers), Parking()
    with capture_logs() as logs:
        assert consumer(subscribed, parking).next(NOW) is None
    assert [(one.key, one.body) for one in parking.parked] == [("lt1.unreadable", body)]
    assert subscribed.settled == [1]
    assert [line["log_level"] for line in logs] == ["error"]


def test_what_cannot_be_parked_now_is_not_acked_and_is_parked_later() -> None:
    subscribed, parking = Subscribed(b"not ours"), Parking(closed=True)
    worker = consumer(subscribed, parking)
    assert worker.next(NOW) is None
    assert subscribed.settled == []
    parking.closed = False
    assert worker.next(NOW) is None
    assert [one.body for one in parking.parked] == [b"not ours"]
    assert subscribed.settled == [1]


def test_bundles_behind_an_unreadable_message_are_handed_out_while_it_cannot_be_parked() -> None:
    sent = Bundle("route.a", (event("một"),))
    delivery = consumer(Subscribed(b"not ours", sent.body()), Parking(closed=True)).next(timedelta(seconds=1))
    assert delivery is not None and delivery.bundle == sent
