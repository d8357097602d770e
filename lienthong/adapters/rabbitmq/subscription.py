"""One subscription to one queue: a channel of its own, opened again and again, and the acks that belong to it."""

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, NamedTuple

import structlog

from lienthong.adapters.rabbitmq.connection import ChainLink
from lienthong.adapters.rabbitmq.requests import text_of

_REOPEN = 0.5  # seconds before a channel that was closed on us is opened again

log = structlog.get_logger(__name__)


class Arrived(NamedTuple):
    """A delivery as it came, and the generation of the channel it came on."""

    generation: int
    tag: int
    redelivered: bool
    headers: dict[str, Any]
    content_type: str
    body: bytes


class Subscription:
    """The thread of the link opens and serves it; a consumer's thread reads `inbox` and calls `settle`.

    Every channel is a generation. What came on an earlier one was handed out again by the broker, so an ack for it is
    dropped: the ids of events absorb what is done twice.
    """

    def __init__(self, queue: str, prefetch: int, link: ChainLink, on_missing: Callable[[], None]) -> None:
        """`on_missing` is told when the broker took the queue away."""
        self.queue = queue
        self.inbox: SimpleQueue[Arrived] = SimpleQueue()
        """Never holds more than `prefetch`."""
        self.last_sign = time.monotonic()
        """When it was opened, or a delivery came, or was acked."""
        self._prefetch = prefetch
        self._link = link
        self._on_missing = on_missing
        self._connection: Any = None
        self._channel: Any = None
        self._generation = 0
        self._unacked: set[int] = set()
        self._done: deque[tuple[int, int]] = deque()
        self._flushing = False
        self._closing = False
        self._closed = Event()

    @property
    def in_hand(self) -> int:
        """Deliveries that were not acked yet."""
        return len(self._unacked)

    @property
    def is_full(self) -> bool:
        return len(self._unacked) >= self._prefetch

    def settle(self, generation: int, tag: int) -> None:
        """Ack a delivery; from any thread. Acks that come close together leave together."""
        self._done.append((generation, tag))
        if not self._flushing:
            self._flushing = True
            if not self._link.call(self._flush):
                self._flushing = False
                log.warning("late ack dropped: no connection", queue=self.queue)

    def open(self, connection: Any) -> None:
        """On the link's thread, when the queue exists."""
        if self._closing or self._channel is not None:
            return
        self._connection = connection
        self._generation += 1
        self.last_sign = time.monotonic()
        generation = self._generation
        self._channel = connection.channel(on_open_callback=partial(self._consume, generation))
        self._channel.add_on_close_callback(partial(self._on_closed, generation))

    def reopen(self, connection: Any, why: str) -> None:
        """On the link's thread: start again on a new channel."""
        log.warning("consumer starts again", queue=self.queue, why=why)
        if self._channel is None:
            self.open(connection)
        elif self._channel.is_open:
            self._channel.close()

    def close(self, patience: float) -> None:
        """Send the acks, then give back what is still in hand. From any thread."""
        self._closing = True
        if self._link.call(self._end):
            self._closed.wait(patience)

    def forget(self) -> None:
        """The connection is gone."""
        self._channel = None
        self._renew()

    def _consume(self, generation: int, channel: Any) -> None:
        channel.add_on_cancel_callback(lambda _: self._cancelled(channel))
        channel.basic_qos(prefetch_count=self._prefetch)
        channel.basic_consume(self.queue, partial(self._on_delivered, generation))

    def _on_delivered(self, generation: int, _channel: Any, method: Any, properties: Any, body: bytes) -> None:
        self.last_sign = time.monotonic()
        self._unacked.add(method.delivery_tag)
        self.inbox.put(
            Arrived(
                generation,
                method.delivery_tag,
                method.redelivered,
                properties.headers or {},
                properties.content_type or "",
                body,
            )
        )

    def _cancelled(self, channel: Any) -> None:
        """The broker says that we no longer consume: the queue was deleted, or its leader is gone."""
        log.warning("consumer was cancelled by the broker", queue=self.queue)
        self._on_missing()
        if channel.is_open:
            channel.close()

    def _on_closed(self, generation: int, _channel: Any, reason: BaseException) -> None:
        if generation != self._generation:
            return
        self._channel = None
        self._renew()
        if self._closing:
            self._closed.set()
        elif self._connection.is_open:
            log.warning("consumer's channel closed", queue=self.queue, why=text_of(reason))
            self._link.later(self._connection, _REOPEN, partial(self.open, self._connection))

    def _renew(self) -> None:
        """What the old channel delivered is no longer ours."""
        self._generation += 1
        self._unacked.clear()
        while True:
            try:
                self.inbox.get_nowait()
            except Empty:
                break
        self._flush()

    def _flush(self) -> None:
        """Ack what was settled. Tags in one run, none missing before them, take one frame."""
        self._flushing = False
        ours: set[int] = set()
        late = 0
        while self._done:
            generation, tag = self._done.popleft()
            if generation == self._generation and tag in self._unacked:
                ours.add(tag)
            else:
                late += 1
        if late:
            log.warning("late acks dropped: their channel is gone", queue=self.queue, acks=late)
        if not ours or not self._channel.is_open:
            return
        self.last_sign = time.monotonic()
        highest = max(ours)
        self._unacked -= ours
        if all(tag > highest for tag in self._unacked):
            self._channel.basic_ack(highest, multiple=True)
        else:
            for tag in ours:
                self._channel.basic_ack(tag)

    def _end(self) -> None:
        self._flush()
        if self._channel is not None and self._channel.is_open:
            self._channel.close()
        else:
            self._closed.set()
