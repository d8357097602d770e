"""The forwarder most people write with pika: its blocking adapter, which waits for each confirm."""

import signal
from typing import Any

import pika

from tests.bench.peers import job
from tests.bench.peers.pika_forward import PERSISTENT, fill

__all__ = ["COMMAND", "STORES", "fill"]

COMMAND = ["-m", "tests.bench.peers.pika_blocking"]
STORES = False


def main() -> None:
    connection = pika.BlockingConnection(pika.URLParameters(job.BROKER))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_qos(prefetch_count=job.PREFETCH)

    def forward(_channel: Any, method: Any, _properties: Any, body: bytes) -> None:
        channel.basic_publish("", job.SUBSCRIBER, body, PERSISTENT, mandatory=True)
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(job.QUEUE, forward)
    signal.signal(signal.SIGTERM, lambda *_: connection.add_callback_threadsafe(channel.stop_consuming))
    channel.start_consuming()
    connection.close()


if __name__ == "__main__":
    main()
