"""How a topology stands on a broker, and making what is missing. AMQP only; nothing is ever deleted or changed.

AMQP shows whether a thing is there, and compares a declaration with it. It shows neither bindings nor things nobody
asks for: queues of a route that was removed stay until somebody deletes them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker

from lienthong.adapters.rabbitmq.access_errors import refusal
from lienthong.adapters.rabbitmq.capabilities import Server
from lienthong.adapters.rabbitmq.declarations import Binding, Declaration, Exchange, Queue, declarations_of
from lienthong.adapters.rabbitmq.parameters import parameters_of, place_of
from lienthong.adapters.rabbitmq.requests import MISSING, REFUSED, text_of
from lienthong.errors import Misconfigured, Transient
from lienthong.topology import Topology

State = Literal["present", "missing", "different", "created"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One exchange or queue. `words` are the broker's own, for what is different.

    `ready` counts a queue's messages, `consumers` who listens to it, of all processes.
    """

    kind: Literal["exchange", "queue"]
    name: str
    state: State
    words: str = ""
    ready: int = 0
    consumers: int = 0


def plan(url: str, topology: Topology) -> Sequence[Standing]:
    """How everything declared stands. Changes nothing. Raises `Transient` when the broker does not answer, and
    `Misconfigured` when it does not let us in; so do `server` and `apply`.
    """
    with _connected(url) as connection:
        return [_standing(connection, one) for one in declarations_of(topology) if not isinstance(one, Binding)]


def server(url: str) -> Server:
    """What the broker says of itself. Raises `Transient` when it does not answer."""
    with _connected(url) as connection:
        return Server.of(connection._impl.server_properties)  # pika's blocking connection hides what its core knows


def apply(url: str, topology: Topology) -> Sequence[Standing]:
    """Create what is missing and bind the rungs; what is different stays as it is, and is told."""
    with _connected(url) as connection:
        told: list[Standing] = []
        for one in declarations_of(topology):
            if isinstance(one, Binding):
                if not any(standing.state == "different" and standing.name == one.queue for standing in told):
                    with connection.channel() as channel:
                        channel.queue_bind(one.queue, one.exchange, routing_key="")
                continue
            standing = _standing(connection, one)
            if standing.state == "missing":
                _declare(connection, one)
                standing = Standing(standing.kind, standing.name, "created")
            told.append(standing)
        return told


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    parameters = parameters_of(url)
    try:
        connection = pika.BlockingConnection(parameters)
    except (AMQPError, OSError) as error:
        if refused := refusal(error, place_of(parameters)):
            raise Misconfigured([refused]) from error
        raise Transient(f"không nối được RabbitMQ [{place_of(parameters)}]: {text_of(error)}") from error
    try:
        yield connection
    except AMQPError as error:
        raise Transient(f"RabbitMQ [{place_of(parameters)}] ngừng trả lời: {text_of(error)}") from error
    finally:
        if connection.is_open:
            connection.close()


def _standing(connection: Any, one: Exchange | Queue) -> Standing:
    """A refusal closes the channel, so every question has its own."""
    kind: Literal["exchange", "queue"] = "queue" if isinstance(one, Queue) else "exchange"
    try:
        answer = _declare(connection, one, passive=True)
        ready, consumers = _counted(answer) if isinstance(one, Queue) else (0, 0)
        _declare(connection, one)  # of what is there, this is a comparison and no more
    except ChannelClosedByBroker as closed:
        if closed.reply_code == MISSING:
            return Standing(kind, one.name, "missing")
        if closed.reply_code == REFUSED:
            return Standing(kind, one.name, "different", closed.reply_text, ready)
        raise
    return Standing(kind, one.name, "present", ready=ready, consumers=consumers)


def _counted(answer: Any) -> tuple[int, int]:
    return int(answer.method.message_count), int(answer.method.consumer_count)


def _declare(connection: Any, one: Declaration, *, passive: bool = False) -> Any:
    channel = connection.channel()
    try:
        if isinstance(one, Queue):
            return channel.queue_declare(one.name, passive=passive, durable=True, arguments=one.arguments)
        assert isinstance(one, Exchange)  # noqa: S101 - bindings are not asked about
        return channel.exchange_declare(one.name, one.type, passive=passive, durable=True)
    finally:
        if channel.is_open:
            channel.close()
