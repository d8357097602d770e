"""The embedded broker: kombu's `memory://`, or any other kombu transport by URL.

kombu's virtual transports ignore time-to-live and dead-lettering, so bundles with a wait are held back here, by the
engine's own clock. Nothing here survives the process: what was in a queue is still open in the ledger, and is handed
over again at the next start (see `recovery`).
"""

import heapq
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from kombu.connection import Connection
from kombu.entity import Exchange, Queue

from lienthong.envelope import CONTENT_TYPE, NO_WAIT, Bundle, Envelope
from lienthong.errors import Transient
from lienthong.ports import Clock
from lienthong.topology import announcement_bundles

EVENTS = Exchange("lienthong.events", type="topic", durable=True)
ROOM = 200
"""Bundles that may wait before intake pauses."""

ROOM_BYTES = 16_000_000
"""What may wait in all queues before intake pauses, in bytes: it waits in this process's memory."""

_SLICE = timedelta(milliseconds=50)  # how long to sleep between looks: other processes cannot wake us


class KombuBroker:
    """See `Broker`. `name` keeps the queues of several buses in one process apart."""

    durable = False

    def __init__(self, url: str, clock: Clock, *, name: str = "", room: int = ROOM) -> None:
        self._url = url
        self._clock = clock
        self._prefix = f"{name}." if name else ""
        self._room = room
        self._changed = threading.Condition()
        self._held: list[tuple[datetime, int, Bundle]] = []
        self._order = count()
        self._busy = 0
        self._bytes = 0
        self._connection = _connect(url)
        self._channel = self._connection.channel()

    def declare(self, queues: Sequence[str], rungs: Sequence[timedelta]) -> None:  # noqa: ARG002 - rungs are held here
        with self._changed:
            EVENTS(self._channel).declare()
            for name in queues:
                self._queue(name)(self._channel).declare()

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        with self._changed:
            bodies: dict[int, bytes] = {}  # what goes to several places is written once
            for bundle in bundles:
                if bundle.wait > NO_WAIT:
                    heapq.heappush(self._held, (self._clock.now() + bundle.wait, next(self._order), bundle))
                else:
                    self._send(bundle, bodies)
            for bundle in announcement_bundles(announce):
                self._put(bundle, bodies, exchange=EVENTS.name, routing_key=bundle.queue)
            self._changed.notify_all()

    def consume(self, queue: str, prefetch: int | None = None) -> "KombuConsumer":  # noqa: ARG002 - it takes one at a time
        return KombuConsumer(self, queue, self._url, self._queue(queue))

    def has_room(self) -> bool:
        with self._changed:
            return self._busy < self._room and self._bytes < ROOM_BYTES

    def depth(self) -> int:
        with self._changed:
            return self._busy

    def next_due(self) -> datetime | None:
        with self._changed:
            return self._held[0][0] if self._held else None

    def wait_for_change(self, timeout: timedelta) -> None:
        with self._changed:
            self._changed.wait(timeout.total_seconds())

    def close(self) -> None:
        self._connection.release()

    def acked(self, size: int) -> None:
        """Called by our deliveries, whose body had `size` bytes."""
        with self._changed:
            self._busy -= 1
            self._bytes -= size
            self._changed.notify_all()

    def fetch(self, own: Queue, timeout: timedelta) -> Any | None:
        """The next message of a queue, or None after `timeout`. Bundles whose wait is over are let go first."""
        with self._changed:
            self._release_due()
            message = own.get(no_ack=False)
            if message is None:
                self._changed.wait(timeout.total_seconds())
            return message

    def _release_due(self) -> None:
        while self._held and self._held[0][0] <= self._clock.now():
            self._send(heapq.heappop(self._held)[2], {})
            self._changed.notify_all()

    def _send(self, bundle: Bundle, bodies: dict[int, bytes]) -> None:
        self._bytes += self._put(bundle, bodies, exchange="", routing_key=self._prefix + bundle.queue)
        self._busy += 1

    def _put(self, bundle: Bundle, bodies: dict[int, bytes], *, exchange: str, routing_key: str) -> int:
        """Returns how many bytes it is."""
        body = bodies.get(id(bundle.envelopes))
        if body is None:
            body = bodies[id(bundle.envelopes)] = bundle.body()
        message = self._channel.prepare_message(
            body, headers=bundle.headers(), content_type=CONTENT_TYPE, content_encoding="binary", properties={}
        )
        try:
            self._channel.basic_publish(message, exchange=exchange, routing_key=routing_key)
        except (OSError, *self._connection.connection_errors) as error:
            raise Transient(f"không gửi được vào hàng đợi: {error}") from error
        return len(body)

    def _queue(self, name: str) -> Queue:
        return Queue(self._prefix + name, durable=True)


class KombuConsumer:
    """One thread's subscription to one queue, on a connection of its own."""

    def __init__(self, broker: KombuBroker, name: str, url: str, own: Queue) -> None:
        self._broker = broker
        self._name = name
        self._connection = _connect(url)
        self._queue = own(self._connection.channel())
        self._queue.declare()
        self._in_hand: dict[int, Any] = {}

    def next(self, timeout: timedelta) -> "KombuDelivery | None":
        left = timeout
        while True:
            message = self._broker.fetch(self._queue, min(left, _SLICE))
            if message is not None:
                self._in_hand[id(message)] = message
                return KombuDelivery(self._broker, self._name, message, self._in_hand)
            left -= _SLICE
            if left <= NO_WAIT:
                return None

    def close(self) -> None:
        for message in self._in_hand.values():
            # kombu's memory transport forgets what was not acked, and that it was delivered before.
            message.delivery_info["redelivered"] = True
            message.requeue()
        self._in_hand.clear()
        self._connection.release()


class KombuDelivery:
    """A bundle in our hands."""

    def __init__(self, broker: KombuBroker, name: str, message: Any, in_hand: dict[int, Any]) -> None:
        self._broker = broker
        self._message = message
        self._in_hand = in_hand
        self.bundle = Bundle.from_wire(name, bytes(message.body), message.headers)
        self.redelivered = bool(message.delivery_info.get("redelivered", False))
        self.redeliveries = int(self.redelivered)

    def ack(self) -> None:
        if self._in_hand.pop(id(self._message), None) is None:
            return  # too late: it was handed back
        self._message.ack()
        self._broker.acked(len(self._message.body))


def _connect(url: str) -> Connection:
    return Connection(url, transport_options={"body_encoding": None} if url.startswith("memory") else {})
