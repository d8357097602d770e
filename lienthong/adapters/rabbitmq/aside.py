"""Messages that no worker consumes: those set aside, and the witness of a ledger."""

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pika
from pika.data import encode_table
from pika.exceptions import UnsupportedAMQPFieldException

from lienthong.adapters.rabbitmq.blocking import open_connection
from lienthong.adapters.rabbitmq.naming import FOREIGN, UNREADABLE, VERSION, witness_name
from lienthong.adapters.set_aside_id import message_id
from lienthong.ports import AsideKind, AsideMessage
from lienthong.ports.set_aside import Decide

QUEUES: Mapping[AsideKind, str] = {"unreadable": UNREADABLE, "foreign": FOREIGN}

_QUEUE, _WHY, _AT, _UNSENDABLE = "from-queue", "lienthong-why", "lienthong-at", "lienthong-headers"
_MAX_WHY = 500


def aside_headers(headers: Mapping[str, Any], *, queue: str, why: str) -> dict[str, Any]:
    """Headers of a message that is set aside: what it came with, and ours. `queue` is RabbitMQ's name of its queue.

    Headers that AMQP can deliver and this client cannot send again are kept as one text.
    """
    sent = dict(headers)
    try:
        encode_table([], sent)
    except (UnsupportedAMQPFieldException, struct.error, ValueError, TypeError, AttributeError, UnicodeError):
        sent = {_UNSENDABLE: repr(headers)[:4000]}
    return sent | {_QUEUE: queue, _WHY: why[:_MAX_WHY], _AT: datetime.now(UTC).isoformat()}


class RabbitSetAside:
    """See `SetAside`. While `walk` runs, its messages are not ready for anybody else."""

    def __init__(self, url: str) -> None:
        self._url = url

    def counts(self) -> Mapping[AsideKind, int]:
        with open_connection(self._url) as connection:
            return {kind: _ready(connection, queue) for kind, queue in QUEUES.items()}

    def walk(self, kind: AsideKind, decide: Decide) -> None:
        with open_connection(self._url) as connection:
            # What comes in meanwhile is left to the next walk, so that this one ends.
            left = _ready(connection, QUEUES[kind])
            channel = connection.channel()
            while left > 0:
                method, properties, body = channel.basic_get(QUEUES[kind])
                if method is None:
                    break
                left -= 1
                if decide(_parse(kind, properties, body)):
                    channel.basic_ack(method.delivery_tag)
            # Closing the connection returns the others to the queue, in their order.


def _ready(connection: Any, queue: str) -> int:
    """The messages that are ready; 0 when there is no such queue."""
    with connection.channel() as channel:
        try:
            return int(channel.queue_declare(queue, passive=True).method.message_count)
        except pika.exceptions.ChannelClosedByBroker:
            return 0


def _parse(kind: AsideKind, properties: Any, body: bytes) -> AsideMessage:
    headers = dict(properties.headers or {})
    queue, why, at = (str(headers.pop(name, "")) for name in (_QUEUE, _WHY, _AT))
    headers.pop("x-delivery-count", None)  # the broker counts how often it was looked at
    return AsideMessage(
        id=message_id(body, headers),
        kind=kind,
        queue=queue.removeprefix(f"{VERSION}."),
        why=why,
        at=at,
        headers=headers,
        body=body,
    )


def read_witness(url: str, ledger: str) -> str | None:
    """The message in the queue of a ledger's witness, which stays there; None when there is none."""
    with open_connection(url) as connection:
        if not _ready(connection, witness_name(ledger)):
            return None
        method, _, body = connection.channel().basic_get(witness_name(ledger))
        return None if method is None else bytes(body).decode("utf-8", "replace")
