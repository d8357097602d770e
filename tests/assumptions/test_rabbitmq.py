"""What we rely on in RabbitMQ. When one of these fails, a newer broker behaves differently: read ADR 9."""

from collections.abc import Iterator
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker, NackError, UnroutableError

from lienthong.adapters.rabbitmq.declarations import DELIVERY_LIMIT
from tests.services import rabbitmq

QUORUM = {"x-queue-type": "quorum"}
PERSISTENT = pika.BasicProperties(delivery_mode=2)


@pytest.fixture
def connection() -> Iterator[Any]:
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq.fresh_url()))
    yield connection
    if connection.is_open:
        connection.close()


@pytest.fixture
def channel(connection: Any) -> Any:
    return connection.channel()


def declare_queue(channel: Any, name: str, **arguments: object) -> None:
    settings = {f"x-{key.replace('_', '-')}": value for key, value in arguments.items()}
    channel.queue_declare(name, durable=True, arguments=QUORUM | settings)


def receive(channel: Any, name: str, count: int) -> list[bytes]:
    """The bodies of the next messages of a queue in their order; fewer when one does not come within ten seconds."""
    received = []
    for method, _, body in channel.consume(name, auto_ack=True, inactivity_timeout=10):
        if method is None:
            break
        received.append(body)
        if len(received) == count:
            break
    channel.cancel()
    return received


def declare_rung(channel: Any, name: str, milliseconds: int) -> None:
    channel.exchange_declare(name, "fanout")
    declare_queue(
        channel,
        name,
        message_ttl=milliseconds,
        dead_letter_exchange="",
        dead_letter_strategy="at-least-once",
        overflow="reject-publish",
    )
    channel.queue_bind(name, name)


def test_a_rung_returns_a_message_to_the_queue_its_routing_key_names(channel: Any) -> None:
    declare_rung(channel, "rung", 200)
    declare_queue(channel, "first")
    declare_queue(channel, "second")
    channel.basic_publish("rung", "second", b"two", PERSISTENT)
    channel.basic_publish("rung", "first", b"one", PERSISTENT)
    assert receive(channel, "first", 1) == [b"one"]
    assert receive(channel, "second", 1) == [b"two"]


def test_a_time_to_live_of_a_single_message_holds_up_shorter_ones_behind_it(channel: Any) -> None:
    declare_queue(channel, "waiting", dead_letter_exchange="", dead_letter_routing_key="work")
    declare_queue(channel, "work")
    channel.basic_publish("", "waiting", b"long", pika.BasicProperties(expiration="1200"))
    channel.basic_publish("", "waiting", b"short", pika.BasicProperties(expiration="50"))
    assert receive(channel, "work", 2) == [b"long", b"short"]


def test_a_message_that_expires_in_a_circle_is_dropped_silently(channel: Any) -> None:
    declare_queue(channel, "here", message_ttl=100, dead_letter_exchange="", dead_letter_routing_key="there")
    declare_queue(channel, "there", message_ttl=100, dead_letter_exchange="", dead_letter_routing_key="here")
    declare_queue(channel, "witness")
    channel.basic_publish("", "here", b"lost", PERSISTENT)
    declare_rung(channel, "later", 1000)
    channel.basic_publish("later", "witness", b"a second has passed", PERSISTENT)
    assert receive(channel, "witness", 1)
    left = [channel.queue_declare(name, passive=True).method.message_count for name in ("here", "there")]
    assert left == [0, 0]


def test_only_a_mandatory_message_is_returned_when_no_queue_takes_it(channel: Any) -> None:
    channel.confirm_delivery()
    channel.basic_publish("", "nowhere", b"gone, and confirmed")
    with pytest.raises(UnroutableError):
        channel.basic_publish("", "nowhere", b"returned", mandatory=True)


def test_a_full_queue_with_reject_publish_refuses_the_confirm(channel: Any) -> None:
    declare_queue(channel, "full", max_length=1, overflow="reject-publish")
    channel.confirm_delivery()
    with pytest.raises(NackError):
        for _ in range(100):  # the limit is soft
            channel.basic_publish("", "full", b"", PERSISTENT)


def test_quorum_queues_refuse_priorities(channel: Any) -> None:
    with pytest.raises(ChannelClosedByBroker) as closed:
        declare_queue(channel, "urgent", max_priority=5)
    assert closed.value.reply_code == 406


def test_quorum_queues_refuse_a_prefetch_for_the_whole_channel(channel: Any) -> None:
    declare_queue(channel, "work")
    channel.basic_qos(prefetch_count=5, global_qos=True)
    with pytest.raises((ChannelClosedByBroker, ConnectionClosedByBroker)) as closed:
        channel.basic_consume("work", lambda *_: None)
    assert closed.value.reply_code == 540


def test_a_changed_declaration_is_refused_and_the_queue_left_as_it_was(connection: Any) -> None:
    declare_queue(connection.channel(), "work", delivery_limit=5)
    with pytest.raises(ChannelClosedByBroker) as closed:
        declare_queue(connection.channel(), "work", delivery_limit=6)
    assert closed.value.reply_code == 406
    assert "x-delivery-limit" in closed.value.reply_text
    declare_queue(connection.channel(), "work", delivery_limit=5)


def test_quorum_queues_count_how_often_a_message_came_back(connection: Any) -> None:
    first = connection.channel()
    declare_queue(first, "work")
    first.basic_publish("", "work", b"", PERSISTENT)
    counts = []
    for _ in range(3):
        channel = connection.channel()
        for method, properties, _body in channel.consume("work", inactivity_timeout=10):
            counts.append((method.redelivered, (properties.headers or {}).get("x-delivery-count", 0)))
            break
        channel.close()
    assert counts == [(False, 0), (True, 1), (True, 2)]


def test_a_message_is_dropped_silently_when_it_came_back_more_often_than_the_limit(connection: Any) -> None:
    first = connection.channel()
    declare_queue(first, "work", delivery_limit=1)
    first.basic_publish("", "work", b"", PERSISTENT)
    for _ in range(2):
        channel = connection.channel()
        assert next(iter(channel.consume("work", inactivity_timeout=10)))[0] is not None
        channel.close()
    channel = connection.channel()
    assert next(iter(channel.consume("work", inactivity_timeout=1)))[0] is None


def test_the_delivery_limit_we_declare_lets_a_message_come_back_as_often_as_it_must(connection: Any) -> None:
    """RabbitMQ 4 drops after 20 returns by default; with a limit of -1, which it reads as none, 3.10 drops at once."""
    first = connection.channel()
    declare_queue(first, "work", delivery_limit=DELIVERY_LIMIT)
    first.basic_publish("", "work", b"", PERSISTENT)
    for _ in range(25):
        channel = connection.channel()
        assert next(iter(channel.consume("work", inactivity_timeout=10)))[0] is not None
        channel.close()
