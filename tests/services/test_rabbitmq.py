"""The RabbitMQ adapter when the world goes wrong. Every consumer must consume again, and nobody may believe a lie."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pika
import pytest
from structlog.testing import capture_logs

from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.adapters.rabbitmq.connection import READ_AT_ONCE
from lienthong.adapters.rabbitmq.consumer import RabbitConsumer
from lienthong.envelope import CONTENT_TYPE, Bundle, Envelope
from lienthong.errors import Misconfigured, Transient
from tests.events import event
from tests.services import rabbitmq
from tests.services.ports import free_ports
from tests.services.proxy import Proxy, proxied

SOON = timedelta(seconds=10)
RECOVERY = 30.0
"""Seconds within which everything must work again without help."""

RUNGS = (timedelta(milliseconds=200), timedelta(hours=1))
QUEUES = ("route.a", "route.b", "sink.c")


@pytest.fixture
def url() -> str:
    return rabbitmq.node().url()


@contextmanager
def opened(url: str, patience: float = 3.0, **more: float) -> Iterator[RabbitBroker]:
    broker = RabbitBroker(url, patience=timedelta(seconds=patience), look_every=0.5, **more)  # type: ignore[arg-type]
    try:
        broker.declare(QUEUES, RUNGS)
        yield broker
    finally:
        broker.close()


@contextmanager
def raw(url: str) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    """Somebody else's channel: an operator, or another process."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        yield connection.channel()
    finally:
        connection.close()


def bundle(name: str, queue: str = "route.a", **more: object) -> Bundle:
    return Bundle(queue, (event(name),), **more)  # type: ignore[arg-type]


def comes(consumer: RabbitConsumer, name: str, *, before: str) -> bool:
    """Whether `name` comes in time. `before` may come again first: what settled it may have died with the broker."""
    while (delivery := consumer.next(timedelta(seconds=RECOVERY))) is not None:
        delivery.ack()
        subject = delivery.bundle.envelopes[0].subject
        if subject == name:
            return True
        assert subject == before
    return False


def until(fact: Callable[[], bool], patience: float = RECOVERY) -> None:
    """Return when `fact` is true; fail when it is not in time."""
    deadline = time.monotonic() + patience
    while not fact():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)  # between looks, not for time to pass


def published(broker: RabbitBroker, one: Bundle) -> bool:
    try:
        broker.publish([one])
    except Transient:
        return False
    return True


def consumers_of(broker: RabbitBroker) -> dict[str, int]:
    try:
        return {name: depth.consumers for name, depth in broker.depths().items()}
    except Transient:
        return {}


def through(proxy: Proxy, url: str) -> str:
    return url.replace(f":{urlsplit(url).port}", f":{proxy.port}")


def test_after_the_broker_was_killed_every_consumer_consumes_again_without_help(url: str) -> None:
    node = rabbitmq.node()
    with opened(url) as broker:
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
            assert comes(consumer, "giữ lại", before="trước"), queue
        until(lambda: all(consumers_of(broker).get(f"lt1.{queue}") == 1 for queue in QUEUES))
        assert time.monotonic() - started < RECOVERY
        for queue, consumer in consumers.items():
            until(lambda queue=queue: published(broker, bundle("sau", queue)))
            assert comes(consumer, "sau", before="giữ lại"), queue


def test_both_connections_read_as_much_at_once_as_they_should(url: str) -> None:
    with opened(url) as broker:
        for link in (broker._incoming.link, broker._outgoing.link):
            until(lambda link=link: link._connection is not None)
            assert link._connection._transport._MAX_RECV_BYTES == READ_AT_ONCE


def test_when_an_operator_closes_all_connections_consumers_and_publishers_come_back(url: str) -> None:
    with opened(url) as broker:
        consumer = broker.consume("route.a")
        broker.publish([bundle("một")])
        assert consumer.next(SOON) is not None
        rabbitmq.node().control("close_all_connections", "a test closes them", "--vhost", urlsplit(url).path[1:])
        until(lambda: published(broker, bundle("hai")))
        came = {delivery.bundle.envelopes[0].subject for _ in range(2) if (delivery := consumer.next(SOON))}
        assert came == {"một", "hai"}
        until(lambda: consumers_of(broker).get("lt1.route.a") == 1)


def test_an_ack_for_a_delivery_of_a_lost_connection_is_dropped_and_logged(url: str) -> None:
    with proxied(rabbitmq.node().port) as proxy, opened(through(proxy, url)) as broker:
        consumer = broker.consume("route.a")
        broker.publish([bundle("một")])
        held = consumer.next(SOON)
        assert held is not None
        proxy.cut()
        again = consumer.next(timedelta(seconds=RECOVERY))
        assert again is not None and again.redelivered
        with capture_logs() as logs:
            held.ack()
            again.ack()
            until(lambda: broker.depth() == 0)
        assert [line["acks"] for line in logs if "late acks dropped" in line["event"]] == [1]
        assert consumer.next(timedelta(0)) is None


def test_publishers_are_told_that_memory_is_low_while_acks_go_on_and_then_all_recovers(url: str) -> None:
    node = rabbitmq.node()
    with opened(url, patience=2.0) as broker:
        consumer = broker.consume("route.a")
        broker.publish([bundle("một")])
        delivery = consumer.next(SOON)
        assert delivery is not None
        node.control("set_vm_memory_high_watermark", "absolute", "1MB")
        try:
            until(lambda: not published(broker, bundle("hai")))
            until(lambda: broker.blocked != "")
            with pytest.raises(Transient, match="chặn"):
                broker.publish([bundle("ba")])
            delivery.ack()
            assert consumers_of(broker)["lt1.route.a"] == 1
        finally:
            node.control("set_vm_memory_high_watermark", "0.4")
        until(lambda: broker.blocked == "")
        until(lambda: published(broker, bundle("bốn")))
        names = set()
        while "bốn" not in names:
            delivery = consumer.next(SOON)
            assert delivery is not None
            names.add(delivery.bundle.envelopes[0].subject)
            delivery.ack()
        assert "một" not in names, "the ack given while publishers were blocked arrived"


def test_a_peer_that_falls_silent_fails_a_publish_in_time_and_is_left_for_a_new_connection(url: str) -> None:
    with proxied(rabbitmq.node().port) as proxy, opened(through(proxy, url), patience=2.0) as broker:
        consumer = broker.consume("route.a")
        broker.publish([bundle("một")])
        delivery = consumer.next(SOON)
        assert delivery is not None
        delivery.ack()
        until(lambda: broker.depth() == 0)
        proxy.swallow()
        started = time.monotonic()
        with pytest.raises(Transient, match="không xác nhận"):
            broker.publish([bundle("vào hố đen")])
        assert time.monotonic() - started < 3.0
        proxy.pass_on()
        until(lambda: proxy.connected >= 4)  # the consuming link missed the answer to a look, and left too
        until(lambda: published(broker, bundle("hai")))
        delivery = consumer.next(timedelta(seconds=RECOVERY))
        assert delivery is not None and delivery.bundle.envelopes[0].subject == "hai"


def test_a_deleted_queue_is_made_again_and_consumed_again(url: str) -> None:
    with opened(url) as broker, raw(url) as channel:
        consumer = broker.consume("route.a")
        until(lambda: consumers_of(broker)["lt1.route.a"] == 1)
        channel.queue_delete("lt1.route.a")
        until(lambda: consumers_of(broker).get("lt1.route.a") == 1)
        until(lambda: published(broker, bundle("một")))
        assert consumer.next(SOON) is not None


def vanish(broker: RabbitBroker) -> None:
    """Our consumer is gone from the broker, and nothing told the adapter: the commonest silent fault."""
    (subscription,) = broker._incoming._subscriptions
    channel = subscription._channel
    broker._incoming.link.call(lambda: channel.basic_cancel(channel.consumer_tags[0]))


def test_a_consumer_that_vanished_without_a_word_is_noticed_and_starts_again(url: str) -> None:
    with opened(url) as broker:
        consumer = broker.consume("route.a")
        until(lambda: consumers_of(broker)["lt1.route.a"] == 1)
        vanish(broker)
        until(lambda: consumers_of(broker)["lt1.route.a"] == 0)
        broker.publish([bundle("một")])
        assert consumer.next(SOON) is not None


def test_a_queue_that_delivers_nothing_although_it_is_not_empty_is_subscribed_again(url: str) -> None:
    with opened(url, starved=1.0) as broker, raw(url) as other:
        consumer = broker.consume("route.a")
        other.basic_qos(prefetch_count=1)
        other.basic_consume("lt1.route.a", lambda *_: None)
        until(lambda: consumers_of(broker)["lt1.route.a"] == 2)
        vanish(broker)
        until(lambda: consumers_of(broker)["lt1.route.a"] == 1)
        broker.publish([bundle("giữ bởi người khác"), bundle("một")])
        delivery = consumer.next(SOON)
        assert delivery is not None and delivery.bundle.envelopes[0].subject == "một"


def test_a_worker_that_is_slow_is_not_mistaken_for_a_dead_consumer(url: str) -> None:
    with opened(url, starved=0.5) as broker, capture_logs() as logs:
        consumer = broker.consume("route.a", prefetch=1)
        broker.publish([bundle("một"), bundle("hai")])
        delivery = consumer.next(SOON)
        assert delivery is not None
        assert consumer.next(timedelta(seconds=2)) is None, "one is in hand, and one may be"
        delivery.ack()
        assert consumer.next(SOON) is not None
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == []


def test_a_publish_to_a_deleted_queue_is_refused_and_the_queue_made_again(url: str) -> None:
    with opened(url) as broker, raw(url) as channel:
        channel.queue_delete("lt1.sink.c")
        with pytest.raises(Transient, match=r"lt1\.sink\.c"):
            broker.publish([bundle("một", "sink.c")])
        until(lambda: published(broker, bundle("một", "sink.c")))


def test_a_deleted_rung_costs_one_refusal_and_is_made_again(url: str) -> None:
    with opened(url) as broker, raw(url) as channel:
        channel.exchange_delete("lt1.delay.200ms")
        channel.queue_delete("lt1.delay.200ms")
        assert not published(broker, bundle("một", wait=RUNGS[0]))
        until(lambda: published(broker, bundle("một", wait=RUNGS[0])))
        assert broker.consume("route.a").next(SOON) is not None


def test_what_is_no_bundle_is_parked_as_it_is_and_the_next_bundle_is_handed_out(url: str) -> None:
    with opened(url) as broker, raw(url) as channel:
        channel.basic_publish("", "lt1.route.a", b"\xff not ours", pika.BasicProperties(headers={"x": "y"}))
        channel.basic_publish("", "lt1.route.a", b"[]")
        until(lambda: broker.depths()["lt1.route.a"].ready == 2)
        broker.publish([bundle("một")])
        with capture_logs() as logs:
            delivery = broker.consume("route.a").next(SOON)
        assert delivery is not None and delivery.bundle == bundle("một")
        until(lambda: broker.depths()["lt1.unreadable"].ready == 2)
        _, properties, body = channel.basic_get("lt1.unreadable", auto_ack=True)
        assert body == b"\xff not ours"
        assert {"x": "y", "from-queue": "lt1.route.a"}.items() <= properties.headers.items()
        assert [line["event"] for line in logs if line["log_level"] == "error"] == ["not a bundle"] * 2


def test_subscribers_get_events_in_batches_by_their_type(url: str) -> None:
    with opened(url) as broker, raw(url) as channel:
        channel.queue_declare("theirs")
        channel.queue_bind("theirs", "lienthong.events", "test.*")
        other = event("hai").with_data("test.other", {})
        broker.publish([], announce=[event("một"), other, event("ba")])
        got = {}
        for _ in range(2):
            method, properties, body = channel.basic_get("theirs", auto_ack=True)
            assert properties.content_type == CONTENT_TYPE
            got[method.routing_key] = Bundle.from_wire("theirs", body, {}).envelopes
        assert got == {"test.event": (event("một"), event("ba")), "test.other": (other,)}


def test_a_queue_of_our_name_that_somebody_declared_otherwise_stops_the_start_in_words(url: str) -> None:
    with raw(url) as channel:
        channel.queue_declare("lt1.sink.c", durable=True)
    with pytest.raises(Misconfigured, match=r"x-queue-type.*lt1\.sink\.c"), opened(url):
        pass


def test_a_bundle_too_large_for_the_broker_travels_in_parts(url: str) -> None:
    events = tuple(event(str(number), text="x" * 1_500_000) for number in range(12))  # 18 MB: RabbitMQ 4 takes 16 MiB
    with opened(url) as broker:
        broker.publish([Bundle("route.a", events, turn=3)])
        consumer = broker.consume("route.a")
        got: list[Envelope] = []
        while len(got) < len(events):
            delivery = consumer.next(SOON)
            assert delivery is not None
            assert delivery.bundle.turn == 3
            got += delivery.bundle.envelopes
            delivery.ack()
        assert tuple(got) == events


def test_a_prefetch_bounds_what_a_consumer_holds(url: str) -> None:
    with opened(url) as broker:
        broker.publish([bundle(str(number)) for number in range(5)])
        consumer = broker.consume("route.a", prefetch=2)
        delivery = consumer.next(SOON)
        assert delivery is not None
        until(lambda: broker.depths()["lt1.route.a"].ready == 3)
        delivery.ack()
        until(lambda: broker.depths()["lt1.route.a"].ready == 2)


def test_more_messages_than_may_be_under_way_at_once_are_all_confirmed(url: str) -> None:
    with opened(url, patience=30.0) as broker:
        broker.publish([bundle(str(number)) for number in range(2500)])


def test_closing_sends_the_acks_that_were_given(url: str) -> None:
    with opened(url) as broker:
        broker.publish([bundle("một"), bundle("hai")])
        consumer = broker.consume("route.a")
        for _ in range(2):
            delivery = consumer.next(SOON)
            assert delivery is not None
            delivery.ack()
    with opened(url) as broker:
        assert broker.depths()["lt1.route.a"].ready == 0


def test_a_broker_that_is_not_there_is_transient_and_named_without_its_password() -> None:
    (port,) = free_ports(1)
    with pytest.raises(Transient) as raised, opened(f"amqp://nguoi:mat-khau@127.0.0.1:{port}/", patience=0.5):
        pass
    assert f"127.0.0.1:{port}" in raised.value.why
    assert "mat-khau" not in raised.value.why


def over_tls(url: str, host: str) -> str:
    node = rabbitmq.node()
    return url.replace(f"amqp://guest:guest@127.0.0.1:{node.port}", f"amqps://guest:guest@{host}:{node.tls_port}")


def test_with_tls_a_certificate_nobody_we_trust_has_signed_is_refused(url: str) -> None:
    with pytest.raises(Transient, match="certificate verify failed"), opened(over_tls(url, "localhost"), patience=2.0):
        pass


def test_with_tls_a_trusted_certificate_of_another_host_is_refused(url: str) -> None:
    elsewhere = f"{over_tls(url, '127.0.0.1')}?cafile={rabbitmq.node().certificate}"
    with pytest.raises(Transient, match="certificate is not valid"), opened(elsewhere, patience=2.0):
        pass


def test_with_tls_and_a_trusted_certificate_bundles_go_through(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = str(rabbitmq.node().certificate)
    with opened(f"{over_tls(url, 'localhost')}?cafile={certificate}") as broker:
        broker.publish([bundle("một")])
    monkeypatch.setenv("LIENTHONG_BROKER_CA", certificate)
    with opened(over_tls(url, "localhost")) as broker:
        assert broker.consume("route.a").next(SOON) is not None
