"""Queues and consumers that disappear from RabbitMQ are declared and opened again."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.errors import Misconfigured, Transient
from tests.services import rabbitmq
from tests.services.rabbitmq_steps import (
    RUNGS,
    SOON,
    bundle,
    can_publish,
    count_consumers,
    open_broker,
    open_channel,
    wait_until,
)


@pytest.fixture
def url() -> str:
    return rabbitmq.node().url()


def test_a_deleted_queue_is_declared_again_and_consumed_again(url: str) -> None:
    with open_broker(url) as broker, open_channel(url) as channel:
        consumer = broker.consume("route.a")
        wait_until(lambda: count_consumers(broker)["lt1.route.a"] == 1)
        channel.queue_delete("lt1.route.a")
        wait_until(lambda: count_consumers(broker).get("lt1.route.a") == 1)
        wait_until(lambda: can_publish(broker, bundle("một")))
        assert consumer.next(SOON) is not None


def cancel_silently(broker: RabbitBroker) -> None:
    """Our consumer disappears from the broker and the adapter is not notified: the commonest silent fault."""
    (subscription,) = broker._consuming._subscriptions
    channel = subscription._channel
    broker._consuming.connection.call(lambda: channel.basic_cancel(channel.consumer_tags[0]))


def test_a_consumer_that_disappeared_silently_is_noticed_and_reopened(url: str) -> None:
    with open_broker(url) as broker:
        consumer = broker.consume("route.a")
        wait_until(lambda: count_consumers(broker)["lt1.route.a"] == 1)
        cancel_silently(broker)
        wait_until(lambda: count_consumers(broker)["lt1.route.a"] == 0)
        broker.publish([bundle("một")])
        assert consumer.next(SOON) is not None


def test_a_queue_that_delivers_nothing_although_it_is_not_empty_is_subscribed_to_again(url: str) -> None:
    with open_broker(url, starved_after_seconds=1.0) as broker, open_channel(url) as other:
        consumer = broker.consume("route.a")
        other.basic_qos(prefetch_count=1)
        other.basic_consume("lt1.route.a", lambda *_: None)
        wait_until(lambda: count_consumers(broker)["lt1.route.a"] == 2)
        cancel_silently(broker)
        wait_until(lambda: count_consumers(broker)["lt1.route.a"] == 1)
        broker.publish([bundle("giữ bởi người khác"), bundle("một")])
        delivery = consumer.next(SOON)
        assert delivery is not None and delivery.bundle.envelopes[0].subject == "một"


def test_a_worker_that_is_slow_is_not_mistaken_for_a_dead_consumer(url: str) -> None:
    with open_broker(url, starved_after_seconds=0.5) as broker, capture_logs() as logs:
        consumer = broker.consume("route.a", prefetch=1)
        broker.publish([bundle("một"), bundle("hai")])
        delivery = consumer.next(SOON)
        assert delivery is not None
        assert consumer.next(timedelta(seconds=2)) is None, "one delivery is unacked, and the prefetch is one"
        delivery.ack()
        assert consumer.next(SOON) is not None
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == []


def test_a_publish_to_a_deleted_queue_fails_and_the_queue_is_declared_again(url: str) -> None:
    with open_broker(url) as broker, open_channel(url) as channel:
        channel.queue_delete("lt1.sink.c")
        with pytest.raises(Transient, match=r"lt1\.sink\.c"):
            broker.publish([bundle("một", "sink.c")])
        wait_until(lambda: can_publish(broker, bundle("một", "sink.c")))


def test_a_deleted_rung_fails_one_publish_and_is_declared_again(url: str) -> None:
    with open_broker(url) as broker, open_channel(url) as channel:
        channel.exchange_delete("lt1.delay.200ms")
        channel.queue_delete("lt1.delay.200ms")
        assert not can_publish(broker, bundle("một", wait=RUNGS[0]))
        wait_until(lambda: can_publish(broker, bundle("một", wait=RUNGS[0])))
        assert broker.consume("route.a").next(SOON) is not None


def test_a_queue_that_another_client_declared_differently_is_a_misconfiguration_that_names_it(url: str) -> None:
    with open_channel(url) as channel:
        channel.queue_declare("lt1.sink.c", durable=True)
    with pytest.raises(Misconfigured, match=r"x-queue-type.*lt1\.sink\.c"), open_broker(url):
        pass
