"""The exchanges, queues and bindings that a topology needs on the broker: pure data, in the order of declaration."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from lienthong.adapters.rabbitmq.naming import FOREIGN, UNREADABLE, queue_name, rung_name, witness_name
from lienthong.topology import Topology

DELIVERY_LIMIT = 1_000_000
"""Redeliveries after which RabbitMQ drops a message; so many that it is never reached. Without a limit RabbitMQ 4
silently drops a message after 20 redeliveries. -1 means "no limit" to RabbitMQ 4, but 3.10 reads it as "drop at the
first redelivery". Both read a positive number alike, so an upgrade changes no declaration."""

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange."""

    name: str
    type: Literal["topic", "fanout"]


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable quorum queue, with further arguments of its declaration."""

    name: str
    further_arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, Any]:
        return {"x-queue-type": "quorum", **self.further_arguments}


@dataclass(frozen=True, slots=True)
class Binding:
    """Every message published to `exchange` goes to `queue`."""

    exchange: str
    queue: str


Declaration = Exchange | Queue | Binding


def declarations_of(topology: Topology) -> Sequence[Declaration]:
    """The subscribers' exchange, the queues of stages and quarantines, the queue for unreadable messages, the rungs."""
    return [
        Exchange(topology.exchange, "topic"),
        *(_work_queue(queue_name(name)) for name in (*topology.queues, *topology.quarantines)),
        _work_queue(UNREADABLE),
        *(declaration for rung in topology.rungs for declaration in _rung(rung)),
    ]


def foreign_queue() -> Queue:
    """The queue for messages of another ledger. It is declared when there is such a message, which is rare."""
    return _work_queue(FOREIGN)


def witness_queue(ledger: str) -> Queue:
    """The queue of a ledger's witness. It holds the last message only."""
    return Queue(witness_name(ledger), {"x-delivery-limit": DELIVERY_LIMIT, "x-max-length": 1})


def rung_for(wait: timedelta, rungs: Sequence[timedelta]) -> timedelta:
    """The shortest of `rungs` (ascending) that is at least `wait`, so that no bundle returns early; else the longest.

    Raises ValueError if there are no rungs.
    """
    if not rungs:
        raise ValueError("no rungs were declared: nothing can wait")
    return next((rung for rung in rungs if rung >= wait), rungs[-1])


def _work_queue(name: str) -> Queue:
    return Queue(name, {"x-delivery-limit": DELIVERY_LIMIT})


def _rung(wait: timedelta) -> Iterator[Declaration]:
    """A delay queue, its exchange and their binding.

    A bundle is published to the rung's exchange with its own queue as the routing key. When the time-to-live is over,
    the default exchange routes it by that key, because no other key was declared. Each rung has its own queue, because
    a time-to-live of a single message would block the messages behind it. Dead-lettering is at-least-once, so that a
    node that dies meanwhile loses no message.
    """
    name = rung_name(wait)
    yield Exchange(name, "fanout")
    yield Queue(
        name,
        {
            "x-message-ttl": wait // _MILLISECOND,
            "x-dead-letter-exchange": "",
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )
    yield Binding(name, name)
