"""The RabbitMQ adapter under faults: every consumer consumes again, and no lost message counts as published."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pika
import pytest
from structlog.testing import capture_logs

from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.adapters.rabbitmq.connection import READ_SIZE_BYTES
from lienthong.adapters.rabbitmq.consumer import RabbitConsumer
from lienthong.adapters.rabbitmq.consuming import STARVED_AFTER_SECONDS
from lienthong.envelope import CONTENT_TYPE, Bundle, Envelope
from lienthong.errors import Misconfigured, Transient
from tests.events import event
from tests.services import rabbitmq
from tests.services.ports import free_ports
from tests.services.proxy import Proxy, proxied

SOON = timedelta(seconds=10)
RECOVERY_SECONDS = 30.0
"""Within this time everything must work again without help."""

RUNGS = (timedelta(milliseconds=200), timedelta(hours=1))
QUEUES = ("route.a", "route.b", "sink.c")


@pytest.fixture
def url() -> str:
    return rabbitmq.node().url()


@contextmanager
def open_broker(
    url: str, *, reply_seconds: float = 3.0, starved_after_seconds: float = STARVED_AFTER_SECONDS
) -> Iterator[RabbitBroker]:
    broker = RabbitBroker(
        url,
        reply_timeout=timedelta(seconds=reply_seconds),
        inspect_every_seconds=0.5,
        starved_after_seconds=starved_after_seconds,
    )
    try:
        broker.declare(QUEUES, RUNGS)
        yield broker
    finally:
        broker.close()


@contextmanager
def open_channel(url: str) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    """A channel of another client: an operator, or another process."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        yield connection.channel()
    finally:
        connection.close()


def bundle(name: str, queue: str = "route.a", **more: object) -> Bundle:
    return Bundle(queue, (event(name),), **more)  # type: ignore[arg-type]


def receives(consumer: RabbitConsumer, name: str, *, before: str) -> bool:
    """Whether `name` comes in time. `before` may come again first: its ack may have been lost with the broker."""
    while (delivery := consumer.next(timedelta(seconds=RECOVERY_SECONDS))) is not None:
        delivery.ack()
        subject = delivery.bundle.envelopes[0].subject
        if subject == name:
            return True
        assert subject == before
    return False


def wait_until(condition: Callable[[], bool], timeout_seconds: float = RECOVERY_SECONDS) -> None:
    """Return when `condition` is true; fail when it is not in time."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true in time"
        time.sleep(0.05)  # between looks, not for time to pass


def can_publish(broker: RabbitBroker, sent: Bundle) -> bool:
    try:
        broker.publish([sent])
    except Transient:
        return False
    return True


def count_consumers(broker: RabbitBroker) -> dict[str, int]:
    try:
        return {name: depth.consumers for name, depth in broker.depths().items()}
    except Transient:
        return {}


def url_through(proxy: Proxy, url: str) -> str:
    return url.replace(f":{urlsplit(url).port}", f":{proxy.port}")


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


def test_both_connections_read_as_many_bytes_in_one_call_as_configured(url: str) -> None:
    with open_broker(url) as broker:
        for connection in (broker._consuming.connection, broker._publisher.connection):
            wait_until(lambda connection=connection: connection._connection is not None)
            assert connection._connection._transport._MAX_RECV_BYTES == READ_SIZE_BYTES


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


def test_a_message_that_is_no_bundle_is_parked_unchanged_and_the_next_bundle_is_delivered(url: str) -> None:
    with open_broker(url) as broker, open_channel(url) as channel:
        channel.basic_publish("", "lt1.route.a", b"\xff not a bundle", pika.BasicProperties(headers={"x": "y"}))
        channel.basic_publish("", "lt1.route.a", b"[]")
        wait_until(lambda: broker.depths()["lt1.route.a"].ready == 2)
        broker.publish([bundle("một")])
        with capture_logs() as logs:
            delivery = broker.consume("route.a").next(SOON)
        assert delivery is not None and delivery.bundle == bundle("một")
        wait_until(lambda: broker.depths()["lt1.unreadable"].ready == 2)
        _, properties, body = channel.basic_get("lt1.unreadable", auto_ack=True)
        assert body == b"\xff not a bundle"
        assert {"x": "y", "from-queue": "lt1.route.a"}.items() <= properties.headers.items()
        assert [line["event"] for line in logs if line["log_level"] == "error"] == ["not a bundle"] * 2


def test_subscribers_get_events_in_batches_by_their_type(url: str) -> None:
    with open_broker(url) as broker, open_channel(url) as channel:
        channel.queue_declare("subscriber")
        channel.queue_bind("subscriber", "lienthong.events", "test.*")
        other = event("hai").with_data("test.other", {})
        broker.publish([], announce=[event("một"), other, event("ba")])
        received = {}
        for _ in range(2):
            method, properties, body = channel.basic_get("subscriber", auto_ack=True)
            assert properties.content_type == CONTENT_TYPE
            received[method.routing_key] = Bundle.from_wire("subscriber", body, {}).envelopes
        assert received == {"test.event": (event("một"), event("ba")), "test.other": (other,)}


def test_a_queue_that_another_client_declared_differently_is_a_misconfiguration_that_names_it(url: str) -> None:
    with open_channel(url) as channel:
        channel.queue_declare("lt1.sink.c", durable=True)
    with pytest.raises(Misconfigured, match=r"x-queue-type.*lt1\.sink\.c"), open_broker(url):
        pass


def test_a_bundle_too_large_for_the_broker_is_sent_in_parts(url: str) -> None:
    events = tuple(event(str(number), text="x" * 1_500_000) for number in range(12))  # 18 MB: RabbitMQ 4 takes 16 MiB
    with open_broker(url) as broker:
        broker.publish([Bundle("route.a", events, turn=3)])
        consumer = broker.consume("route.a")
        received: list[Envelope] = []
        while len(received) < len(events):
            delivery = consumer.next(SOON)
            assert delivery is not None
            assert delivery.bundle.turn == 3
            received += delivery.bundle.envelopes
            delivery.ack()
        assert tuple(received) == events


def test_a_prefetch_bounds_what_a_consumer_holds(url: str) -> None:
    with open_broker(url) as broker:
        broker.publish([bundle(str(number)) for number in range(5)])
        consumer = broker.consume("route.a", prefetch=2)
        delivery = consumer.next(SOON)
        assert delivery is not None
        wait_until(lambda: broker.depths()["lt1.route.a"].ready == 3)
        delivery.ack()
        wait_until(lambda: broker.depths()["lt1.route.a"].ready == 2)


def test_more_messages_than_may_be_unconfirmed_at_a_time_are_all_confirmed(url: str) -> None:
    with open_broker(url, reply_seconds=30.0) as broker:
        broker.publish([bundle(str(number)) for number in range(2500)])


def test_closing_sends_the_acks_that_were_given(url: str) -> None:
    with open_broker(url) as broker:
        broker.publish([bundle("một"), bundle("hai")])
        consumer = broker.consume("route.a")
        for _ in range(2):
            delivery = consumer.next(SOON)
            assert delivery is not None
            delivery.ack()
    with open_broker(url) as broker:
        assert broker.depths()["lt1.route.a"].ready == 0


def test_a_missing_broker_is_transient_and_its_address_is_named_without_the_password() -> None:
    (port,) = free_ports(1)
    with pytest.raises(Transient) as raised, open_broker(f"amqp://nguoi:mat-khau@127.0.0.1:{port}/", reply_seconds=0.5):
        pass
    assert f"127.0.0.1:{port}" in raised.value.why
    assert "mat-khau" not in raised.value.why


def tls_url(url: str, host: str) -> str:
    node = rabbitmq.node()
    return url.replace(f"amqp://guest:guest@127.0.0.1:{node.port}", f"amqps://guest:guest@{host}:{node.tls_port}")


def test_with_tls_a_certificate_of_an_unknown_authority_is_refused(url: str) -> None:
    with (
        pytest.raises(Transient, match="certificate verify failed"),
        open_broker(tls_url(url, "localhost"), reply_seconds=2.0),
    ):
        pass


def test_with_tls_a_trusted_certificate_of_another_host_is_refused(url: str) -> None:
    elsewhere = f"{tls_url(url, '127.0.0.1')}?cafile={rabbitmq.node().certificate}"
    with pytest.raises(Transient, match="certificate is not valid"), open_broker(elsewhere, reply_seconds=2.0):
        pass


def test_with_tls_and_a_trusted_certificate_bundles_go_through(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = str(rabbitmq.node().certificate)
    with open_broker(f"{tls_url(url, 'localhost')}?cafile={certificate}") as broker:
        broker.publish([bundle("một")])
    monkeypatch.setenv("LIENTHONG_BROKER_CA", certificate)
    with open_broker(tls_url(url, "localhost")) as broker:
        assert broker.consume("route.a").next(SOON) is not None
