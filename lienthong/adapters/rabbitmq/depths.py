"""How full queues are: what the broker answers when it is asked about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """One queue: the messages that are ready for delivery, and the consumers of all processes."""

    ready: int
    consumers: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Several queues at one moment. `unacked` counts the deliveries that this process has not acked."""

    depths: Mapping[str, QueueDepth]
    unacked: int


def parse_depths(queues: Sequence[str], replies: Sequence[Any]) -> Mapping[str, QueueDepth]:
    """The depths of `queues`; `replies` are those to their `depth_request`s, in the same order."""
    methods = [reply.method for reply in replies]
    return {
        queue: QueueDepth(method.message_count, method.consumer_count)
        for queue, method in zip(queues, methods, strict=True)
    }
