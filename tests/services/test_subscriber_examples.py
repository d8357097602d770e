"""Consumers on RabbitMQ: one written from the AsyncAPI document alone, and the one that `docs/subscribers.md` shows."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pika
import pytest
from jsonschema import Draft7Validator

from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.configuration.announced_types import announced_types
from lienthong.envelope import Envelope
from lienthong.runtime.project import Project
from lienthong.subscriptions.asyncapi.document import make_asyncapi
from lienthong.subscriptions.channel import Announced, Delivered
from tests.services import rabbitmq
from tests.services.rabbitmq_steps import open_broker
from tests.subscriber_examples import examples

ROOT = Path(__file__).parents[2]
IDLE_SECONDS = 0.3
"""How long a consumer waits for a message that does not come; what was published was confirmed before."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    settings = Project(ROOT, ROOT / "var", {}).readable_settings()
    return make_asyncapi(announced_types(ROOT, settings))


@pytest.fixture
def broker() -> Iterator[RabbitBroker]:
    with open_broker(rabbitmq.node().url()) as opened:
        yield opened


class GenericConsumer:
    """Knows the address of RabbitMQ, and nothing of the bus but its document."""

    def __init__(self, url: str, document: dict[str, Any]) -> None:
        self._document = document
        self._channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
        self._queue = self._channel.queue_declare("", exclusive=True).method.queue
        self.kept: dict[str, Any] = {}
        self.times = 0
        for channel in document["channels"].values():
            binding = channel.get("bindings", {}).get("amqp", {})
            if binding.get("is") == "routingKey":
                self._channel.queue_bind(self._queue, binding["exchange"]["name"], channel["address"])

    def read(self) -> None:
        for method, properties, body in self._channel.consume(self._queue, inactivity_timeout=IDLE_SECONDS):
            if method is None:
                break
            message = self._message(method.routing_key)
            assert properties.content_type == message["contentType"]
            assert properties.delivery_mode == 2
            events = json.loads(body)
            schema = {"components": self._document["components"], **message["payload"]}
            assert [error.message for error in Draft7Validator(schema).iter_errors(events)] == []
            for event in events:
                self.times += 1
                self.kept.setdefault(event["id"], event)
            self._channel.basic_ack(method.delivery_tag)
        self._channel.connection.close()

    def _message(self, address: str) -> Any:
        (channel,) = [one for one in self._document["channels"].values() if one["address"] == address]
        (reference,) = channel["messages"].values()
        return self._document["components"]["messages"][reference["$ref"].rpartition("/")[2]]


def test_a_consumer_written_from_the_document_alone_has_every_event_once(
    broker: RabbitBroker, document: dict[str, Any]
) -> None:
    stated = [
        Envelope.from_wire(event)
        for one in document["components"]["messages"].values()
        for example in one.get("examples", ())
        for event in example["payload"]
    ]
    shown = [one._replace(id=str(uuid.UUID(int=number, version=5))) for number, one in enumerate(stated)]
    consumer = GenericConsumer(broker._url, document)
    broker.publish([], announce=shown)
    broker.publish([], announce=shown[::-1])
    consumer.read()
    assert consumer.times == 2 * len(shown)
    assert {name: Envelope.from_wire(event) for name, event in consumer.kept.items()} == {one.id: one for one in shown}
    assert {event["type"] for event in consumer.kept.values()} == {
        one["address"] for one in document["channels"].values() if one["address"] and "{" not in one["address"]
    }


def test_the_consumer_of_the_documentation_keeps_each_event_of_its_queue_once(broker: RabbitBroker) -> None:
    queue = broker.subscriber_queue("clinic", room=10)
    for names in (("A-1", "A-2"), ("A-2", "A-3")):
        bodies = [json.dumps({"id": name, "further": 1, "data": {}}).encode() for name in names]
        batch = [Announced(1, at, name, "any", body) for at, (name, body) in enumerate(zip(names, bodies, strict=True))]
        assert queue.deliver(batch) == Delivered()
    shown = examples("read")
    kept = shown["Kept"]()
    shown["read"](broker._url, "lt1.subscription.clinic", kept.keep, idle=IDLE_SECONDS)
    assert list(kept.events) == ["A-1", "A-2", "A-3"]
    again = shown["Kept"]()
    shown["read"](broker._url, "lt1.subscription.clinic", again.keep, idle=IDLE_SECONDS)
    assert again.events == {}
