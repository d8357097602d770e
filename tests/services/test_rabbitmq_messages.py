"""What the RabbitMQ adapter does with messages beyond the contract of every broker."""

import pika
import pytest
from structlog.testing import capture_logs

from lienthong.envelope import CONTENT_TYPE, Bundle, Envelope
from tests.events import event
from tests.services import rabbitmq
from tests.services.rabbitmq_steps import SOON, bundle, open_broker, open_channel, wait_until


@pytest.fixture
def url() -> str:
    return rabbitmq.node().url()


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
