"""A subscription to one queue: a channel of its own, reopened whenever it is closed, and the acks that belong to it."""

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, NamedTuple

import structlog

from lienthong.adapters.rabbitmq.connection import ReconnectingConnection
from lienthong.adapters.rabbitmq.requests import error_text

_REOPEN_DELAY_SECONDS = 0.5  # before a channel that the broker closed is opened again

log = structlog.get_logger(__name__)


class RawDelivery(NamedTuple):
    """A delivery as the broker sent it, and the generation of the channel it came on."""

    generation: int
    tag: int
    redelivered: bool
    headers: dict[str, Any]
    content_type: str
    body: bytes
    content_encoding: str = ""


class Subscription:
    """The connection's thread opens and serves it; a consumer's thread reads `deliveries` and calls `ack`.

    Every channel is a generation. The broker redelivers what came on an earlier channel, so an ack for such a delivery
    is dropped. The duplicate does no harm: events are recognized by their ids.
    """

    def __init__(
        self, queue: str, *, prefetch: int, connection: ReconnectingConnection, on_missing: Callable[[], None]
    ) -> None:
        """`on_missing`: called when the broker cancels the consumer, e.g. because the queue was deleted."""
        self.queue = queue
        self.deliveries: SimpleQueue[RawDelivery] = SimpleQueue()
        """Never holds more than `prefetch`."""
        self.last_activity = time.monotonic()
        """When the channel was opened, or a delivery came or was acked, whichever is latest."""
        self._prefetch = prefetch
        self._reconnecting = connection
        self._on_missing = on_missing
        self._connection: Any = None
        self._channel: Any = None
        self._generation = 0
        self._unacked: set[int] = set()
        self._acks: deque[tuple[int, int]] = deque()
        self._flush_queued = False
        self._closing = False
        self._closed = Event()

    @property
    def unacked(self) -> int:
        """How many deliveries are not acked yet."""
        return len(self._unacked)

    @property
    def is_full(self) -> bool:
        return len(self._unacked) >= self._prefetch

    def ack(self, generation: int, tag: int) -> None:
        """Ack a delivery; from any thread. Acks that are given close together are sent together."""
        self._acks.append((generation, tag))
        if not self._flush_queued:
            self._flush_queued = True
            if not self._reconnecting.call(self._flush):
                self._flush_queued = False
                log.warning("late ack dropped: no connection", queue=self.queue)

    def open(self, connection: Any) -> None:
        """Open a channel and consume; on the connection's thread, when the queue exists.

        Does nothing on a connection that was lost meanwhile: the next one opens every subscription.
        """
        if self._closing or self._channel is not None or not connection.is_open:
            return
        self._connection = connection
        self._generation += 1
        self.last_activity = time.monotonic()
        generation = self._generation
        self._channel = connection.channel(on_open_callback=partial(self._consume, generation))
        self._channel.add_on_close_callback(partial(self._on_closed, generation))

    def reopen(self, connection: Any, why: str) -> None:
        """Consume on a new channel; on the connection's thread. `why` is for the log."""
        log.warning("consumer reopened", queue=self.queue, why=why)
        if self._channel is None:
            self.open(connection)
        elif self._channel.is_open:
            self._channel.close()

    def close(self, timeout_seconds: float) -> None:
        """Send the acks and close the channel, which returns unacked deliveries to the queue. From any thread."""
        self._closing = True
        if self._reconnecting.call(self._close_channel):
            self._closed.wait(timeout_seconds)

    def on_connection_lost(self) -> None:
        self._channel = None
        self._start_generation()

    def _consume(self, generation: int, channel: Any) -> None:
        channel.add_on_cancel_callback(lambda _: self._on_cancelled(channel))
        channel.basic_qos(prefetch_count=self._prefetch)
        channel.basic_consume(self.queue, partial(self._on_delivered, generation))

    def _on_delivered(self, generation: int, _channel: Any, method: Any, properties: Any, body: bytes) -> None:
        self.last_activity = time.monotonic()
        self._unacked.add(method.delivery_tag)
        self.deliveries.put(
            RawDelivery(
                generation,
                method.delivery_tag,
                method.redelivered,
                properties.headers or {},
                properties.content_type or "",
                body,
                properties.content_encoding or "",
            )
        )

    def _on_cancelled(self, channel: Any) -> None:
        """The broker has cancelled the consumer: the queue was deleted, or its leader was lost."""
        log.warning("consumer was cancelled by the broker", queue=self.queue)
        self._on_missing()
        if channel.is_open:
            channel.close()

    def _on_closed(self, generation: int, _channel: Any, reason: BaseException) -> None:
        if generation != self._generation:
            return
        self._channel = None
        self._start_generation()
        if self._closing:
            self._closed.set()
        elif self._connection.is_open:
            log.warning("consumer's channel closed", queue=self.queue, why=error_text(reason))
            reopen = partial(self.open, self._connection)
            self._reconnecting.call_later(self._connection, _REOPEN_DELAY_SECONDS, reopen)

    def _start_generation(self) -> None:
        """Discard what the old channel delivered: the broker redelivers it."""
        self._generation += 1
        self._unacked.clear()
        while True:
            try:
                self.deliveries.get_nowait()
            except Empty:
                break
        self._flush()

    def _flush(self) -> None:
        """Send the acks. One frame is enough when no earlier delivery is still unacked."""
        self._flush_queued = False
        current: set[int] = set()
        late = 0
        while self._acks:
            generation, tag = self._acks.popleft()
            if generation == self._generation and tag in self._unacked:
                current.add(tag)
            else:
                late += 1
        if late:
            log.warning("late acks dropped: their channel is closed", queue=self.queue, acks=late)
        if not current or not self._channel.is_open:
            return
        self.last_activity = time.monotonic()
        highest = max(current)
        self._unacked -= current
        if all(tag > highest for tag in self._unacked):
            self._channel.basic_ack(highest, multiple=True)
        else:
            for tag in current:
                self._channel.basic_ack(tag)

    def _close_channel(self) -> None:
        self._flush()
        if self._channel is not None and self._channel.is_open:
            self._channel.close()
        else:
            self._closed.set()
