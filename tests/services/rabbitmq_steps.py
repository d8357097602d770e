"""Steps that the tests of the RabbitMQ adapter share."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pika

from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.adapters.rabbitmq.consumer import RabbitConsumer
from lienthong.adapters.rabbitmq.consuming import STARVED_AFTER_SECONDS
from lienthong.envelope import NO_WAIT, Bundle
from lienthong.errors import Transient
from tests.events import event
from tests.services.proxy import Proxy

SOON = timedelta(seconds=10)
RECOVERY_SECONDS = 30.0
"""Within this time everything must work again without help."""

RUNGS = (timedelta(milliseconds=200), timedelta(hours=1))
QUEUES = ("route.a", "route.b", "sink.c")


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


def bundle(name: str, queue: str = "route.a", *, wait: timedelta = NO_WAIT) -> Bundle:
    return Bundle(queue, (event(name),), wait=wait)


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
