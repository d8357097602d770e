"""The state of a topology on a broker, and the creation of what is missing. Nothing is ever deleted or changed.

It uses AMQP only. AMQP shows whether an object exists, and compares a declaration with it. It shows neither bindings
nor objects that are not asked about: queues of a removed route stay until an operator deletes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pika.exceptions import ChannelClosedByBroker

from lienthong.adapters.rabbitmq.blocking import open_connection
from lienthong.adapters.rabbitmq.capabilities import Server
from lienthong.adapters.rabbitmq.declarations import Binding, Declaration, Exchange, Queue, declarations_of
from lienthong.adapters.rabbitmq.requests import NOT_FOUND, PRECONDITION_FAILED
from lienthong.topology import Topology

ObjectKind = Literal["exchange", "queue"]
ObjectState = Literal["present", "missing", "different", "created"]


@dataclass(frozen=True, slots=True)
class ObjectStatus:
    """The state of one exchange or queue on the broker.

    - `difference`: the broker's text when it was declared differently, else empty.
    - `ready`: messages of a queue that are ready for delivery.
    - `consumers`: consumers of a queue, of all processes.
    """

    kind: ObjectKind
    name: str
    state: ObjectState
    difference: str = ""
    ready: int = 0
    consumers: int = 0


def plan(url: str, topology: Topology) -> Sequence[ObjectStatus]:
    """The status of every declared object. Changes nothing.

    Raises `Transient` when the broker does not answer, and `Misconfigured` when it refuses our login or virtual host;
    so do `fetch_server` and `apply`.
    """
    with open_connection(url) as connection:
        return [
            _status(connection, declared) for declared in declarations_of(topology) if not isinstance(declared, Binding)
        ]


def fetch_server(url: str) -> Server:
    """Product, version and capabilities of the broker. Raises as `plan` does."""
    with open_connection(url) as connection:
        # pika's blocking connection does not publish the server's properties; the connection inside it has them.
        return Server.from_properties(connection._impl.server_properties)


def apply(url: str, topology: Topology) -> Sequence[ObjectStatus]:
    """Create what is missing and bind the rungs. What is declared differently is reported and left as it is."""
    with open_connection(url) as connection:
        statuses: list[ObjectStatus] = []
        for declared in declarations_of(topology):
            if isinstance(declared, Binding):
                if not any(status.state == "different" and status.name == declared.queue for status in statuses):
                    with connection.channel() as channel:
                        channel.queue_bind(declared.queue, declared.exchange, routing_key="")
                continue
            status = _status(connection, declared)
            if status.state == "missing":
                _declare(connection, declared)
                status = ObjectStatus(status.kind, status.name, "created")
            statuses.append(status)
        return statuses


def _status(connection: Any, declared: Exchange | Queue) -> ObjectStatus:
    kind: ObjectKind = "queue" if isinstance(declared, Queue) else "exchange"
    try:
        reply = _declare(connection, declared, passive=True)
        ready, consumers = _counts(reply) if isinstance(declared, Queue) else (0, 0)
        _declare(connection, declared)  # the object exists, so the broker only compares
    except ChannelClosedByBroker as closed:
        if closed.reply_code == NOT_FOUND:
            return ObjectStatus(kind, declared.name, "missing")
        if closed.reply_code == PRECONDITION_FAILED:
            return ObjectStatus(kind, declared.name, "different", closed.reply_text, ready)
        raise
    return ObjectStatus(kind, declared.name, "present", ready=ready, consumers=consumers)


def _counts(reply: Any) -> tuple[int, int]:
    return int(reply.method.message_count), int(reply.method.consumer_count)


def _declare(connection: Any, declared: Declaration, *, passive: bool = False) -> Any:
    """Each declaration has its own channel, because a refusal closes the channel."""
    channel = connection.channel()
    try:
        if isinstance(declared, Queue):
            return channel.queue_declare(declared.name, passive=passive, durable=True, arguments=declared.arguments)
        assert isinstance(declared, Exchange)  # noqa: S101 - callers handle bindings themselves
        return channel.exchange_declare(declared.name, declared.type, passive=passive, durable=True)
    finally:
        if channel.is_open:
            channel.close()
