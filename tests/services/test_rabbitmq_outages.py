"""RabbitMQ is killed, runs out of memory, falls silent: connections recover, and no lost message is confirmed."""

import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from lienthong.errors import Transient
from tests.services import rabbitmq
from tests.services.proxy import proxied
from tests.services.rabbitmq_steps import (
    QUEUES,
    RECOVERY_SECONDS,
    RUNGS,
    SOON,
    bundle,
    can_publish,
    count_consumers,
    open_broker,
    open_channel,
    receives,
    url_through,
    wait_until,
)


@pytest.fixture
def url() -> str:
    return rabbitmq.node().url()


def test_after_the_broker_was_killed_every_consumer_consumes_again_without_help(url: str) -> None:
    node = rabbitmq.node()
    with open_broker(url) as broker:
        consumers = {queue: broker.consume(queue) for queue in QUEUES}
        broker.publish([bundle("trước", queue) for queue in QUEUES])
        for consumer in consumers.values():
            delivery = consumer.next(SOON)
            assert delivery is not None
            delivery.ack()
        broker.publish([bundle("giữ lại", queue, wait=RUNGS[0]) for queue in QUEUES])
        node.kill()
        with pytest.raises(Transient):
            broker.publish([bundle("khi tắt")])
        assert broker.depth() > 0 and not broker.has_room()
        node.start()
        started = time.monotonic()
        for queue, consumer in consumers.items():
            assert receives(consumer, "giữ lại", before="trước"), queue
        wait_until(lambda: all(count_consumers(broker).get(f"lt1.{queue}") == 1 for queue in QUEUES))
        assert time.monotonic() - started < RECOVERY_SECONDS
        for queue, consumer in consumers.items():
            wait_until(lambda queue=queue: can_publish(broker, bundle("sau", queue)))
            assert receives(consumer, "sau", before="giữ lại"), queue


def test_when_an_operator_closes_all_connections_consumers_and_publishers_come_back(url: str) -> None:
    with open_broker(url) as broker:
        consumer = broker.consume("route.a")
        broker.publish([bundle("một")])
        assert consumer.next(SOON) is not None
        rabbitmq.node().control("close_all_connections", "a test closes them", "--vhost", urlsplit(url).path[1:])
        wait_until(lambda: can_publish(broker, bundle("hai")))
        received = {delivery.bundle.envelopes[0].subject for _ in range(2) if (delivery := consumer.next(SOON))}
        assert received == {"một", "hai"}
        wait_until(lambda: count_consumers(broker).get("lt1.route.a") == 1)


def test_a_queue_that_came_back_without_a_leader_works_again_once_an_operator_has_deleted_it(url: str) -> None:
    """RabbitMQ 3.10 answers its declaration with ok, refuses its messages, and closes the connection of a consumer."""
    node = rabbitmq.node()
    with open_broker(url) as broker:
        consumer, other = broker.consume("route.a"), broker.consume("route.b")
        wait_until(lambda: count_consumers(broker).get("lt1.route.a") == 1)
        with open_channel(url) as channel:
            channel.queue_delete("lt1.route.a")
            channel.queue_declare("lt1.route.a", durable=True, arguments={"x-queue-type": "quorum"})
        node.kill()
        node.start()
        wait_until(lambda: can_publish(broker, bundle("bên cạnh", "route.b")))
        was_lost = not can_publish(broker, bundle("trước"))
        node.control("delete_queue", "-p", urlsplit(url).path[1:], "lt1.route.a")
        wait_until(lambda: can_publish(broker, bundle("sau")), 2 * RECOVERY_SECONDS)
        assert receives(consumer, "sau", before="trước"), was_lost
        assert receives(other, "bên cạnh", before=""), "its neighbours go on meanwhile"


def test_an_ack_for_a_delivery_of_a_lost_connection_is_dropped_and_logged(url: str) -> None:
    with proxied(rabbitmq.node().port) as proxy, open_broker(url_through(proxy, url)) as broker:
        consumer = broker.consume("route.a")
        broker.publish([bundle("một")])
        late = consumer.next(SOON)
        assert late is not None
        proxy.cut()
        again = consumer.next(timedelta(seconds=RECOVERY_SECONDS))
        assert again is not None and again.redelivered
        with capture_logs() as logs:
            late.ack()
            again.ack()
            wait_until(lambda: broker.depth() == 0)
        assert [line["acks"] for line in logs if "late acks dropped" in line["event"]] == [1]
        assert consumer.next(timedelta(0)) is None


def test_while_memory_is_low_publishers_get_the_reason_and_acks_arrive_and_then_all_recovers(url: str) -> None:
    node = rabbitmq.node()
    with open_broker(url, reply_seconds=2.0) as broker:
        consumer = broker.consume("route.a")
        broker.publish([bundle("một")])
        delivery = consumer.next(SOON)
        assert delivery is not None
        node.control("set_vm_memory_high_watermark", "absolute", "1MB")
        try:
            wait_until(lambda: not can_publish(broker, bundle("hai")))
            wait_until(lambda: broker.blocked != "")
            with pytest.raises(Transient, match="chặn"):
                broker.publish([bundle("ba")])
            delivery.ack()
            assert count_consumers(broker)["lt1.route.a"] == 1
        finally:
            node.control("set_vm_memory_high_watermark", "0.4")
        wait_until(lambda: broker.blocked == "")
        wait_until(lambda: can_publish(broker, bundle("bốn")))
        names = set()
        while "bốn" not in names:
            delivery = consumer.next(SOON)
            assert delivery is not None
            names.add(delivery.bundle.envelopes[0].subject)
            delivery.ack()
        assert "một" not in names, "the ack given while publishers were blocked arrived"


def test_a_peer_that_falls_silent_fails_a_publish_in_time_and_is_dropped_for_a_new_connection(url: str) -> None:
    with proxied(rabbitmq.node().port) as proxy, open_broker(url_through(proxy, url), reply_seconds=2.0) as broker:
        consumer = broker.consume("route.a")
        broker.publish([bundle("một")])
        delivery = consumer.next(SOON)
        assert delivery is not None
        delivery.ack()
        wait_until(lambda: broker.depth() == 0)
        proxy.swallow()
        started = time.monotonic()
        with pytest.raises(Transient, match="không xác nhận"):
            broker.publish([bundle("vào hố đen")])
        assert time.monotonic() - started < 3.0
        proxy.pass_on()
        wait_until(lambda: proxy.connected >= 4)  # the consuming connection got no reply either, and was dropped
        wait_until(lambda: can_publish(broker, bundle("hai")))
        delivery = consumer.next(timedelta(seconds=RECOVERY_SECONDS))
        assert delivery is not None and delivery.bundle.envelopes[0].subject == "hai"
