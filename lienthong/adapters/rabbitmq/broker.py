"""The port `Broker` over RabbitMQ."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from lienthong.adapters.rabbitmq.consumer import RabbitConsumer
from lienthong.adapters.rabbitmq.consuming import LOOK_EVERY, STARVED, Depth, Incoming, Refused
from lienthong.adapters.rabbitmq.declarations import Queue, declarations_of, rung_for
from lienthong.adapters.rabbitmq.naming import on_broker, rung_name
from lienthong.adapters.rabbitmq.parameters import parameters_of, place_of
from lienthong.adapters.rabbitmq.publisher import Message, Outgoing
from lienthong.envelope import CONTENT_TYPE, NO_WAIT, Bundle, Envelope
from lienthong.errors import Finding, Misconfigured, Transient
from lienthong.topology import EXCHANGE, Topology, announcement_bundles, quarantine_queue

PREFETCH = 20
"""Bundles a consumer holds: twice what is gathered at once, so that the next are there when some are done."""

PATIENCE = timedelta(seconds=15)
"""How long the broker may take to confirm or to answer."""

LARGE = 4 * 1024 * 1024
"""Bytes of a body above which a bundle is parted: RabbitMQ 4 refuses messages of 16 MiB."""

ROOM = 500
_LOOK_AGE = 1.0  # seconds for which a look, corrected by what we did since, is good enough for `has_room`


class RabbitBroker:
    """See `Broker`. Connects in the background: what needs the broker waits for it, `patience` at most.

    - `busy` counts what is ready for anybody and what this process has in hand; what other processes have in hand,
      and what is on the wire, is not seen. The ledger is the truth; this is for pacing.
    - A broker that cannot be seen is busy and has no room.
    """

    durable = True

    def __init__(
        self,
        url: str,
        *,
        room: int = ROOM,
        prefetch: int = PREFETCH,
        patience: timedelta = PATIENCE,
        look_every: float = LOOK_EVERY,
        starved: float = STARVED,
    ) -> None:
        parameters = parameters_of(url)
        self._place = place_of(parameters)
        self._room = room
        self._prefetch = prefetch
        self._incoming = Incoming(parameters, patience.total_seconds(), look_every=look_every, starved=starved)
        self._outgoing = Outgoing(parameters, patience.total_seconds(), self._incoming.declare_again)
        self._queues: Sequence[str] = ()
        self._rungs: Sequence[timedelta] = ()
        self._changed = threading.Condition()
        self._looked_at = 0.0
        self._waiting = 0
        self._incoming.link.start()
        self._outgoing.link.start()

    @property
    def blocked(self) -> str:
        """Why RabbitMQ takes nothing from us now, e.g. "low on memory"; empty when it does."""
        return self._outgoing.blocked

    def declare(self, queues: Sequence[str], rungs: Sequence[timedelta]) -> None:
        """Raises `Misconfigured` when something of a name is there and was declared differently, or when the broker
        does not let us in; deletes nothing.
        """
        self._queues = [*queues, *map(quarantine_queue, queues)]
        self._rungs = sorted(rungs)
        topology = Topology(queues, [quarantine_queue(queue) for queue in queues], self._rungs)
        try:
            self._incoming.declare(declarations_of(topology))
        except Refused as refused:
            raise Misconfigured([_differs(self._place, str(refused))]) from refused

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        bodies: dict[int, bytes] = {}  # what goes to several places is written once
        messages = [self._message(bundle, body) for each in bundles for bundle, body in _portable(each, bodies)]
        messages += [
            _announcement(b, body) for each in announcement_bundles(announce) for b, body in _portable(each, bodies)
        ]
        self._outgoing.publish(messages)
        self._moved(sum(bundle.wait <= NO_WAIT for bundle in bundles))

    def consume(self, queue: str, prefetch: int | None = None) -> RabbitConsumer:
        subscription = self._incoming.subscribe(on_broker(queue), prefetch or self._prefetch)
        return RabbitConsumer(
            queue,
            subscription,
            park=lambda message: self._outgoing.publish([message]),
            end=self._incoming.unsubscribe,
            changed=lambda: self._moved(-1),
        )

    def depths(self) -> Mapping[str, Depth]:
        """Every queue of the declared topology by its name on the broker, delay queues and the unreadable included.

        Raises `Transient` when the broker does not answer.
        """
        declared = declarations_of(Topology(self._queues, [], self._rungs))
        return self._incoming.look([one.name for one in declared if isinstance(one, Queue)]).depths

    def has_room(self) -> bool:
        with self._changed:
            fresh = time.monotonic() - self._looked_at < _LOOK_AGE
            waiting = self._waiting
        return (waiting if fresh else self.depth()) < self._room

    def depth(self) -> int:
        try:
            look = self._incoming.look([on_broker(queue) for queue in self._queues])
        except Transient:
            return self._room
        waiting = sum(depth.ready for depth in look.depths.values()) + look.in_hand
        with self._changed:
            self._looked_at, self._waiting = time.monotonic(), waiting
        return waiting

    def next_due(self) -> datetime | None:
        return None

    def wait_for_change(self, timeout: timedelta) -> None:
        """Return when this process published or acked, or after `timeout`; others' doings are not seen."""
        with self._changed:
            self._changed.wait(timeout.total_seconds())

    def close(self) -> None:
        self._incoming.close()
        self._outgoing.close()

    def _message(self, bundle: Bundle, body: bytes) -> Message:
        key = on_broker(bundle.queue)
        exchange = "" if bundle.wait <= NO_WAIT else rung_name(rung_for(bundle.wait, self._rungs))
        return Message(exchange, key, body, CONTENT_TYPE, bundle.headers())

    def _moved(self, bundles: int) -> None:
        with self._changed:
            self._waiting += bundles
            self._changed.notify_all()


def _portable(bundle: Bundle, bodies: dict[int, bytes]) -> Iterator[tuple[Bundle, bytes]]:
    """The bundle and its body; in parts if it is large. An event that is large alone goes as it is.

    `bodies` remembers them by the identity of the envelopes.
    """
    body = bodies.get(id(bundle.envelopes))
    if body is None:
        body = bodies[id(bundle.envelopes)] = bundle.body()
    if len(body) <= LARGE or len(bundle.envelopes) == 1:
        yield bundle, body
    else:
        for part in bundle.split(len(bundle.envelopes) // 2):
            yield from _portable(part, {})


def _announcement(bundle: Bundle, body: bytes) -> Message:
    """Nobody listening is no fault, so it is not mandatory."""
    return Message(EXCHANGE, bundle.queue, body, CONTENT_TYPE, mandatory=False)


def _differs(place: str, words: str) -> Finding:
    return Finding(
        f"amqp://{place}",
        0,
        0,
        "LT801",
        f"RabbitMQ đã có một đối tượng cùng tên nhưng khai báo khác: {words}",
        "xem `lienthong topology plan`; rút hết hàng đợi cũ rồi tự tay xoá nó, Lienthong không bao giờ xoá",
    )
