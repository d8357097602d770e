"""The queue of a subscriber on RabbitMQ: made by the bus, filled in order, held back when it is full."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.subscriptions.channel import Announced, Delivered, Refused, TryLater
from tests.services import rabbitmq
from tests.services.rabbitmq_steps import open_broker, open_channel

QUEUE = "lt1.subscription.clinic"


@pytest.fixture
def broker() -> Iterator[RabbitBroker]:
    with open_broker(rabbitmq.node().url()) as opened:
        yield opened


def _batch(*names: str, size: int = 1) -> list[Announced]:
    return [
        Announced(1, position, name, "test.event", json.dumps({"id": name, "data": {"text": "x" * size}}).encode())
        for position, name in enumerate(names)
    ]


def _ids(channel: Any) -> list[list[str]]:
    messages = []
    while (found := channel.basic_get(QUEUE, auto_ack=True))[0] is not None:
        messages.append([one["id"] for one in json.loads(found[2])])
    return messages


def test_batches_lie_in_the_queue_in_their_order_also_after_it_was_deleted(broker: RabbitBroker) -> None:
    queue = broker.subscriber_queue("clinic", room=10)
    assert queue.deliver(_batch("A-1", "A-2")) == Delivered()
    assert queue.deliver(_batch("A-3")) == Delivered()
    with open_channel(broker._url) as channel:
        assert _ids(channel) == [["A-1", "A-2"], ["A-3"]]
        channel.queue_delete(QUEUE)
    assert isinstance(queue.deliver(_batch("A-4")), TryLater)
    assert queue.deliver(_batch("A-4")) == Delivered()
    with open_channel(broker._url) as channel:
        assert _ids(channel) == [["A-4"]]


def test_a_full_queue_holds_events_back_and_loses_none(broker: RabbitBroker) -> None:
    queue = broker.subscriber_queue("clinic", room=2)
    with open_channel(broker._url) as channel:
        for name in ("A-1", "A-2"):
            assert queue.deliver(_batch(name)) == Delivered()
        answer = queue.deliver(_batch("A-3"))
        assert isinstance(answer, TryLater) and "2" in answer.why
        assert _ids(channel) == [["A-1"], ["A-2"]]
        assert queue.deliver(_batch("A-3")) == Delivered()


def test_an_event_that_no_message_can_hold_is_refused_and_the_others_are_delivered(broker: RabbitBroker) -> None:
    queue = broker.subscriber_queue("clinic", room=10)
    broker._outbox.limit = 3_000
    answer = queue.deliver([*_batch("A-1"), *_batch("large", size=5_000), *_batch("A-2", size=2_000), *_batch("A-3")])
    assert isinstance(answer, Refused) and answer.event_ids == {"large"}
    with open_channel(broker._url) as channel:
        assert _ids(channel) == [["A-1", "A-2", "A-3"]]
