"""What must exist on the broker for a topology: pure data, in the order it is declared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from lienthong.adapters.rabbitmq.naming import UNREADABLE, on_broker, rung_name
from lienthong.topology import Topology

DELIVERY_LIMIT = 1_000_000
"""Never reached. Without one RabbitMQ 4 silently drops a message that came back 20 times. -1 means "none" to it, and to
3.10 it means: drop at the first return. A number is understood by both, so that an upgrade changes no declaration."""

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange."""

    name: str
    type: Literal["topic", "fanout"]


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable quorum queue and what is said of it beyond that."""

    name: str
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, Any]:
        return {"x-queue-type": "quorum", **self.more}


@dataclass(frozen=True, slots=True)
class Binding:
    """Everything that comes to `exchange` goes to `queue`."""

    exchange: str
    queue: str


Declaration = Exchange | Queue | Binding


def declarations_of(topology: Topology) -> Sequence[Declaration]:
    """Stages' queues, their quarantines, the rungs, the place for the unreadable, and the subscribers' exchange."""
    return [
        Exchange(topology.exchange, "topic"),
        *(_kept(on_broker(name)) for name in (*topology.queues, *topology.quarantines)),
        _kept(UNREADABLE),
        *(part for rung in topology.rungs for part in _rung(rung)),
    ]


def rung_for(wait: timedelta, rungs: Sequence[timedelta]) -> timedelta:
    """The shortest of `rungs` (ascending) that is at least `wait`, so that nobody comes back early; else the longest.

    Raises ValueError if there are none.
    """
    if not rungs:
        raise ValueError("no rungs were declared: nothing can wait")
    return next((rung for rung in rungs if rung >= wait), rungs[-1])


def _kept(name: str) -> Queue:
    return Queue(name, {"x-delivery-limit": DELIVERY_LIMIT})


def _rung(wait: timedelta) -> Iterator[Declaration]:
    """A message is published to the rung's exchange with its own queue as the key. When its time is over the default
    exchange gets it with that key, for no other was declared. One queue a rung: a time-to-live of a single message
    would hold up those behind it. At-least-once, so that a node that dies meanwhile loses none.
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
