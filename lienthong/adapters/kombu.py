"""The embedded broker: kombu's `memory://`, or any other kombu transport by URL.

kombu's virtual transports ignore time-to-live and dead-lettering, so this adapter keeps bundles with a wait itself,
by the engine's clock. Nothing here survives the process. What was in a queue is still open in the ledger and is
published again at the next start (see `recovery`).
"""

import tempfile
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from kombu.connection import Connection
from kombu.entity import Exchange, Queue

from lienthong.adapters.held_back import HeldBack, look_interval
from lienthong.adapters.message_size import Bodies, cut_to_size
from lienthong.adapters.set_aside_folder import FolderSetAside
from lienthong.data.message_headers import Origin, origin_headers, require_readable
from lienthong.envelope import CONTENT_TYPE, NO_WAIT, Bundle, Envelope
from lienthong.errors import Rejected, Transient
from lienthong.messages import message
from lienthong.ports import AsideKind, Clock
from lienthong.settings import DEFAULT_MAX_MESSAGE_BYTES, DEFAULT_ROOM
from lienthong.topology import announcement_bundles

EVENTS = Exchange("lienthong.events", type="topic", durable=True)
ROOM_BYTES = 16_000_000
"""Bytes that may wait in all queues before intake pauses: they are in this process's memory."""

log = structlog.get_logger(__name__)


class KombuBroker:
    """See `Broker`. `name` keeps the queues of several buses in one process apart."""

    durable = False

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        name: str = "",
        room: int = DEFAULT_ROOM,
        data: Path | None = None,
        max_message_bytes: int = DEFAULT_MAX_MESSAGE_BYTES,
    ) -> None:
        """`data`: the directory in which messages are set aside; a temporary one when None."""
        self.origin = Origin()
        self._data = data
        self._max_message_bytes = max_message_bytes
        self._url = url
        self._clock = clock
        self._prefix = f"{name}." if name else ""
        self.look_interval = look_interval(url)
        self._room = room
        self._changed = threading.Condition(lock := threading.RLock())
        # One for each queue: a bundle wakes those who wait for it, and not the consumers of all other queues.
        self._arrived: dict[str, threading.Condition] = defaultdict(lambda: threading.Condition(lock))
        self._held_back = HeldBack(clock)
        self._depth = 0
        self._bytes = 0
        self._connection = _connect(url)
        self._channel = self._connection.channel()

    def declare(self, queues: Sequence[str], rungs: Sequence[timedelta]) -> None:  # noqa: ARG002 - a wait is kept here, not in a delay queue
        with self._changed:
            EVENTS(self._channel).declare()
            for name in queues:
                self._queue(name)(self._channel).declare()

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        bodies: Bodies = {}
        parts = cut_to_size(bundles, bodies, limit=self._max_message_bytes)
        announced = cut_to_size(announcement_bundles(announce), bodies, limit=self._max_message_bytes)
        with self._changed:
            for bundle, body in parts:
                if bundle.wait > NO_WAIT:
                    self._held_back.add(bundle)
                else:
                    self._send(bundle, body)
            for bundle, body in announced:
                self._put(bundle, body, exchange=EVENTS.name, routing_key=bundle.queue)
            self._changed.notify_all()

    def consume(self, queue: str, prefetch: int | None = None) -> "KombuConsumer":  # noqa: ARG002 - it fetches one at a time
        return KombuConsumer(self, self._url, name=queue, queue=self._queue(queue))

    def set_aside(self, bundle: Bundle, kind: AsideKind, why: str) -> None:
        headers = bundle.headers() | origin_headers(bundle.origin, bundle.sent)
        self._keep(kind, bundle.body(), headers, queue=bundle.queue, why=why)

    def keep_unreadable(self, received: Any, *, queue: str, why: str) -> None:
        """Called by a consumer for a message that is no bundle."""
        log.error("not a bundle", queue=queue, size=len(received.body), why=why)
        self._keep("unreadable", to_bytes(received.body), received.headers or {}, queue=queue, why=why)

    def _keep(self, kind: AsideKind, body: bytes, headers: Mapping[str, Any], *, queue: str, why: str) -> None:
        if self._data is None:
            self._data = Path(tempfile.mkdtemp(prefix="lienthong-"))
        FolderSetAside(self._data).add(kind, body, headers, queue=queue, why=why, now=self._clock.now())

    def keep_witness(self, ledger: str, text: str) -> None: ...  # its queues are gone before any database is restored

    def read_witness(self, ledger: str) -> str | None:  # noqa: ARG002 - nothing was kept
        return None

    def is_idle(self, stage: str) -> bool:
        with self._changed:
            return not self._queue(stage)(self._channel).queue_declare(passive=False).message_count

    def has_room(self) -> bool:
        with self._changed:
            return self._depth < self._room and self._bytes < ROOM_BYTES

    def depth(self) -> int:
        with self._changed:
            return self._depth

    def next_due(self) -> datetime | None:
        with self._changed:
            return self._held_back.next_due()

    def wait_for_change(self, timeout: timedelta) -> None:
        with self._changed:
            self._changed.wait(timeout.total_seconds())

    def close(self) -> None:
        self._connection.release()

    def on_acked(self, body_bytes: int) -> None:
        """Called by a delivery when it was acked."""
        with self._changed:
            # Another program may put messages into a queue that all may reach; those were never counted.
            self._depth = max(0, self._depth - 1)
            self._bytes = max(0, self._bytes - body_bytes)
            self._changed.notify_all()

    def fetch(self, queue: Queue, timeout: timedelta) -> Any | None:
        """The next message of a queue, or None after `timeout`. Bundles whose wait is over are sent first."""
        with self._changed:
            self._send_due()
            received = queue.get(no_ack=False)
            if received is None:
                self._arrived[queue.name].wait(timeout.total_seconds())
            return received

    def _send_due(self) -> None:
        for due in self._held_back.take_due():
            self._send(due, due.body())
            self._changed.notify_all()

    def _send(self, bundle: Bundle, body: bytes) -> None:
        self._put(bundle, body, exchange="", routing_key=(queue := self._prefix + bundle.queue))
        self._arrived[queue].notify_all()
        self._bytes += len(body)
        self._depth += 1

    def _put(self, bundle: Bundle, body: bytes, *, exchange: str, routing_key: str) -> None:
        headers = bundle.headers() | origin_headers(self.origin)
        prepared = self._channel.prepare_message(
            body, headers=headers, content_type=CONTENT_TYPE, content_encoding="binary", properties={}
        )
        try:
            self._channel.basic_publish(prepared, exchange=exchange, routing_key=routing_key)
        except (OSError, *self._connection.connection_errors) as error:
            raise Transient(message("cannot publish to the queue: {error}", error=error)) from error

    def _queue(self, name: str) -> Queue:
        return Queue(self._prefix + name, durable=True)


class KombuConsumer:
    """A subscription to one queue, used by one thread, on a connection of its own."""

    def __init__(self, broker: KombuBroker, url: str, *, name: str, queue: Queue) -> None:
        """`name` is the stage's name; `queue` may carry a prefix."""
        self._broker = broker
        self._name = name
        self._connection = _connect(url)
        self._queue = queue(self._connection.channel())
        self._queue.declare()
        self._unacked: dict[int, Any] = {}

    def next(self, timeout: timedelta) -> "KombuDelivery | None":
        left, look = timeout, self._broker.look_interval
        while True:
            received = self._broker.fetch(self._queue, min(left, look))
            if received is not None and (delivery := self._read(received)):
                return delivery
            left -= look
            if left <= NO_WAIT:
                return None

    def _read(self, received: Any) -> "KombuDelivery | None":
        """The delivery of a message; None when it is no bundle and was set aside."""
        self._unacked[id(received)] = received
        try:
            require_readable(to_bytes(received.body), received.content_encoding or "")
            bundle = Bundle.from_wire(self._name, to_bytes(received.body), received.headers or {})
        except (Rejected, ValueError) as error:
            self._broker.keep_unreadable(received, queue=self._name, why=str(error))
            acknowledge(self._broker, received, self._unacked)
            return None
        return KombuDelivery(self._broker, bundle, received=received, unacked=self._unacked)

    def close(self) -> None:
        for received in self._unacked.values():
            # kombu's memory transport forgets what was not acked, and that it was delivered before.
            received.delivery_info["redelivered"] = True
            received.requeue()
        self._unacked.clear()
        self._connection.release()


class KombuDelivery:
    """A bundle that was received and not yet acked."""

    def __init__(self, broker: KombuBroker, bundle: Bundle, *, received: Any, unacked: dict[int, Any]) -> None:
        self._broker = broker
        self._received = received
        self._unacked = unacked
        self.bundle = bundle
        self.redelivered = bool(received.delivery_info.get("redelivered", False))
        self.redeliveries = int(self.redelivered)

    def ack(self) -> None:
        acknowledge(self._broker, self._received, self._unacked)


def acknowledge(broker: KombuBroker, received: Any, unacked: dict[int, Any]) -> None:
    """Ack a message, unless it is too late: the consumer was closed, and the message is back in its queue."""
    if unacked.pop(id(received), None) is not None:
        received.ack()
        broker.on_acked(len(received.body))


def to_bytes(body: bytes | str | memoryview) -> bytes:
    """The bytes of a message; a transport may give text."""
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)


def _connect(url: str) -> Connection:
    return Connection(url, transport_options={"body_encoding": None} if url.startswith("memory") else {})
