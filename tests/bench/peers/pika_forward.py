"""The broker's own limit: consume, publish with a confirm, acknowledge, and nothing else; one event a message.

As fast as pika allows: its asynchronous adapter, 200 unacked messages, confirms in a stream.
"""

import signal
from typing import Any

import orjson
import pika

from tests.bench.peers import job

COMMAND = ["-m", "tests.bench.peers.pika_forward"]
STORES = False

PERSISTENT = pika.BasicProperties(content_type="application/json", delivery_mode=2)


def open_channel(connection: Any) -> None:
    connection.channel(on_open_callback=consume)


def consume(channel: Any) -> None:
    def forward(_channel: Any, _method: Any, _properties: Any, body: bytes) -> None:
        channel.basic_publish("", job.SUBSCRIBER, body, PERSISTENT, mandatory=True)

    def confirmed(frame: Any) -> None:
        # Every delivery is published once, in order, so the n-th confirm is for the n-th delivery.
        assert frame.method.NAME == "Basic.Ack", frame
        channel.basic_ack(frame.method.delivery_tag, multiple=frame.method.multiple)

    channel.confirm_delivery(confirmed)
    channel.basic_qos(prefetch_count=job.PREFETCH)
    channel.basic_consume(job.QUEUE, forward)


def fill(total: int) -> None:
    properties = pika.BasicProperties(content_type="application/json")
    job.fill((orjson.dumps(body), properties) for body in job.bodies(total))


def main() -> None:
    loop = pika.SelectConnection(pika.URLParameters(job.BROKER), on_open_callback=open_channel).ioloop
    signal.signal(signal.SIGTERM, lambda *_: loop.add_callback_threadsafe(loop.stop))
    loop.start()


if __name__ == "__main__":
    main()
