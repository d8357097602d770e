"""The queue of one subscriber on RabbitMQ: declared by the bus, filled by it, and read by the subscriber alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from lienthong.adapters.rabbitmq.declarations import DELIVERY_LIMIT, Queue
from lienthong.adapters.rabbitmq.naming import queue_name
from lienthong.adapters.rabbitmq.outbound import OutboundMessage
from lienthong.adapters.rabbitmq.outbox import Outbox, publish_all
from lienthong.envelope import CONTENT_TYPE
from lienthong.errors import Transient
from lienthong.messages import format_number, message
from lienthong.subscriptions.channel import Announced, Answer, Delivered, Doubling, Patience, Refused, TryLater

_FRAME = len(b"[\n\n]")
_SEPARATOR = b"\n,"


def subscriber_queue_name(subscription: str) -> str:
    """The name on the broker: `lt1.subscription.NAME`."""
    return queue_name(f"subscription.{subscription}")


class SubscriberQueue:
    """See `Channel`. A message is a CloudEvents batch; it counts as delivered once the broker has confirmed it.

    `room`: messages that may wait in the queue. While there are so many, events are held in the ledger, where what
    becomes too old is counted: RabbitMQ itself drops nothing.
    """

    def __init__(
        self,
        subscription: str,
        room: int,
        *,
        outbox: Outbox,
        create: Callable[[Queue], None],
        count: Callable[[Sequence[str]], Any],
        headers: Mapping[str, Any],
    ) -> None:
        self.patience: Patience = Doubling()
        self._queue = Queue(subscriber_queue_name(subscription), {"x-delivery-limit": DELIVERY_LIMIT})
        self._room = room
        self._outbox = outbox
        self._create = create
        self._count = count
        self._headers = headers
        self._exists = False

    def deliver(self, batch: Sequence[Announced]) -> Answer:
        try:
            if not self._exists:
                self._create(self._queue)
                self._exists = True
            waiting = self._count([self._queue.name]).depths[self._queue.name].ready
            if waiting >= self._room:
                return TryLater(None, _full(waiting))
            publish_all(self._outbox, partial(self._messages, batch))
        except Transient as down:
            self._exists = False  # an operator may have deleted it
            return TryLater(down.after, down.why)
        limit = self._outbox.limit
        large = frozenset(one.id for one in batch if len(one.body) + _FRAME > limit)
        return Refused(large, _too_large(limit)) if large else Delivered()

    def rest(self) -> timedelta:
        return timedelta()

    def close(self) -> None: ...

    def _messages(self, batch: Sequence[Announced], limit: int) -> Sequence[OutboundMessage]:
        fitting = [one.body for one in batch if len(one.body) + _FRAME <= limit]
        name, headers = self._queue.name, dict(self._headers)
        return [OutboundMessage("", name, body, CONTENT_TYPE, headers) for body in _bodies(fitting, limit)]


def _bodies(events: Sequence[bytes], limit: int) -> Iterator[bytes]:
    """CloudEvents batches of these events in their order, none larger than `limit` bytes."""
    part: list[bytes] = []
    size = _FRAME
    for event in events:
        if part and size + len(event) + len(_SEPARATOR) > limit:
            yield b"[\n" + _SEPARATOR.join(part) + b"\n]"
            part, size = [], _FRAME
        part.append(event)
        size += len(event) + len(_SEPARATOR)
    if part:
        yield b"[\n" + _SEPARATOR.join(part) + b"\n]"


def _full(waiting: int) -> str:
    return message(
        "its queue has {count} messages that its consumer has not taken; its events are held",
        count=format_number(waiting),
    )


def _too_large(limit: int) -> str:
    return message("the message has more bytes than the broker takes: {limit}", limit=format_number(limit))
