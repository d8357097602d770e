"""The port `Broker` over RabbitMQ."""

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from lienthong.adapters.message_size import Bodies, cut_to_size
from lienthong.adapters.rabbitmq.aside import QUEUES, aside_headers, read_witness
from lienthong.adapters.rabbitmq.consumer import RabbitConsumer
from lienthong.adapters.rabbitmq.consuming import (
    INSPECT_EVERY_SECONDS,
    STARVED_AFTER_SECONDS,
    ConsumingConnection,
    DeclarationError,
)
from lienthong.adapters.rabbitmq.declarations import Queue, declarations_of, foreign_queue, rung_for, witness_queue
from lienthong.adapters.rabbitmq.depths import QueueDepth
from lienthong.adapters.rabbitmq.naming import queue_name, rung_name, witness_name
from lienthong.adapters.rabbitmq.outbound import OutboundMessage
from lienthong.adapters.rabbitmq.outbox import Outbox, publish_all
from lienthong.adapters.rabbitmq.parameters import format_address, parse_url
from lienthong.adapters.rabbitmq.subscriber_queue import SubscriberQueue
from lienthong.data.message_headers import Origin, origin_headers
from lienthong.envelope import CONTENT_TYPE, NO_WAIT, Bundle, Envelope
from lienthong.errors import Finding, Misconfigured, Transient
from lienthong.messages import message
from lienthong.ports import AsideKind
from lienthong.settings import DEFAULT_MAX_MESSAGE_BYTES, DEFAULT_ROOM
from lienthong.topology import EXCHANGE, Topology, announcement_bundles, quarantine_queue

PREFETCH = 20
"""Bundles a consumer may hold unacked: twice what a worker handles at once, so that the next ones are already there."""

REPLY_TIMEOUT = timedelta(seconds=15)
"""How long the broker may take to confirm or to reply."""

MAX_BODY_BYTES = 4 * 1024 * 1024
"""A bundle with a larger body is split, whatever the broker takes."""

_SNAPSHOT_MAX_AGE_SECONDS = 1.0  # `has_room` uses counts of this age, corrected by this process's publishes and acks


class RabbitBroker:
    """See `Broker`. Connects in the background; a call that needs the broker waits for it, at most `reply_timeout`.

    - `depth` counts the messages that are ready, and the deliveries that this process has not acked. Unacked deliveries
      of other processes and messages on the network are not counted. The ledger has the exact figures; this one serves
      to pace the intake.
    - While the broker cannot be reached, its queues count as full.
    """

    durable = True

    def __init__(
        self,
        url: str,
        *,
        room: int = DEFAULT_ROOM,
        max_message_bytes: int = DEFAULT_MAX_MESSAGE_BYTES,
        prefetch: int = PREFETCH,
        reply_timeout: timedelta = REPLY_TIMEOUT,
        inspect_every_seconds: float = INSPECT_EVERY_SECONDS,
        starved_after_seconds: float = STARVED_AFTER_SECONDS,
    ) -> None:
        self.origin = Origin()
        self._url = url
        parameters = parse_url(url)
        self._address = format_address(parameters)
        self._room = room
        self._prefetch = prefetch
        self._consuming = ConsumingConnection(
            parameters,
            reply_timeout.total_seconds(),
            inspect_every_seconds=inspect_every_seconds,
            starved_after_seconds=starved_after_seconds,
        )
        self._outbox = Outbox(
            parameters, reply_timeout.total_seconds(), self._consuming.declare_again, limit=max_message_bytes
        )
        self._queues: Sequence[str] = ()
        self._rungs: Sequence[timedelta] = ()
        self._changed = threading.Condition()
        self._counted_at = 0.0
        self._depth = 0
        self._consuming.connection.start()
        self._outbox.shared.connection.start()

    @property
    def blocked(self) -> str:
        """Why RabbitMQ blocks publishers now, e.g. "low on memory"; empty when it does not."""
        return self._outbox.shared.blocked

    def declare(self, queues: Sequence[str], rungs: Sequence[timedelta]) -> None:
        """Raises `Misconfigured` when an object exists and was declared differently, or when the broker refuses our
        login or virtual host. Deletes nothing.
        """
        self._queues = [*queues, *map(quarantine_queue, queues)]
        self._rungs = sorted(rungs)
        topology = Topology(queues, [quarantine_queue(queue) for queue in queues], self._rungs)
        try:
            self._consuming.declare(declarations_of(topology))
        except DeclarationError as refused:
            raise Misconfigured([_declared_differently(self._address, str(refused))]) from refused

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        publish_all(self._outbox, partial(self._messages, bundles, announcement_bundles(announce)))
        self._adjust_depth(sum(bundle.wait <= NO_WAIT for bundle in bundles))

    def _messages(
        self, bundles: Sequence[Bundle], announced: Sequence[Bundle], limit: int
    ) -> Sequence[OutboundMessage]:
        """The messages of these bundles, none larger than `limit` bytes."""
        bodies: Bodies = {}
        cut = partial(cut_to_size, bodies=bodies, limit=limit, target=MAX_BODY_BYTES)
        return [
            *(self._message(part, body) for part, body in cut(bundles)),
            *(_announcement(part, body, origin_headers(self.origin)) for part, body in cut(announced)),
        ]

    def consume(self, queue: str, prefetch: int | None = None) -> RabbitConsumer:
        subscription = self._consuming.subscribe(queue_name(queue), prefetch or self._prefetch)
        return RabbitConsumer(
            queue,
            subscription,
            park=lambda outbound: self._outbox.publish([outbound]),
            unsubscribe=self._consuming.unsubscribe,
            on_acked=lambda: self._adjust_depth(-1),
        )

    def set_aside(self, bundle: Bundle, kind: AsideKind, why: str) -> None:
        headers = aside_headers(
            bundle.headers() | origin_headers(bundle.origin, bundle.sent), queue=queue_name(bundle.queue), why=why
        )
        if kind == "foreign":
            self._consuming.create(foreign_queue())
        self._outbox.publish([OutboundMessage("", QUEUES[kind], bundle.body(), CONTENT_TYPE, headers)])

    def keep_witness(self, ledger: str, text: str) -> None:
        self._consuming.create(witness_queue(ledger))
        self._outbox.publish([OutboundMessage("", witness_name(ledger), text.encode(), "application/json")])

    def read_witness(self, ledger: str) -> str | None:
        return read_witness(self._url, ledger)

    def is_idle(self, stage: str) -> bool:
        try:
            snapshot = self._consuming.inspect([queue_name(stage), queue_name(quarantine_queue(stage))])
        except Transient:
            self._consuming.declare_again()
            raise
        return not any(queue.ready for queue in snapshot.depths.values())

    def depths(self) -> Mapping[str, QueueDepth]:
        """Every queue of the declared topology by its name on the broker, delay queues and the unreadable included.

        Raises `Transient` when the broker does not reply.
        """
        declared = declarations_of(Topology(self._queues, [], self._rungs))
        return self._consuming.inspect([queue.name for queue in declared if isinstance(queue, Queue)]).depths

    def has_room(self) -> bool:
        with self._changed:
            recent = time.monotonic() - self._counted_at < _SNAPSHOT_MAX_AGE_SECONDS
            depth = self._depth
        return (depth if recent else self.depth()) < self._room

    def depth(self) -> int:
        try:
            snapshot = self._consuming.inspect([queue_name(queue) for queue in self._queues])
        except Transient:
            return self._room
        total = sum(queue.ready for queue in snapshot.depths.values()) + snapshot.unacked
        with self._changed:
            self._counted_at, self._depth = time.monotonic(), total
        return total

    def next_due(self) -> datetime | None:
        return None

    def wait_for_change(self, timeout: timedelta) -> None:
        """Return when this process published or acked, or after `timeout`. Acts of other processes are not noticed."""
        with self._changed:
            self._changed.wait(timeout.total_seconds())

    def subscriber_queue(self, subscription: str, room: int) -> SubscriberQueue:
        """The channel of a subscription that has a queue, which is made at the first delivery."""
        return SubscriberQueue(
            subscription,
            room,
            outbox=self._outbox,
            create=self._consuming.create,
            count=self._consuming.inspect,
            headers=origin_headers(self.origin),
        )

    def close(self) -> None:
        self._consuming.close()
        self._outbox.close()

    def _message(self, bundle: Bundle, body: bytes) -> OutboundMessage:
        key = queue_name(bundle.queue)
        exchange = "" if bundle.wait <= NO_WAIT else rung_name(rung_for(bundle.wait, self._rungs))
        return OutboundMessage(exchange, key, body, CONTENT_TYPE, bundle.headers() | origin_headers(self.origin))

    def _adjust_depth(self, bundles: int) -> None:
        with self._changed:
            self._depth += bundles
            self._changed.notify_all()


def _announcement(bundle: Bundle, body: bytes, headers: Mapping[str, Any]) -> OutboundMessage:
    """An event without subscribers is not an error, so the message is not mandatory."""
    return OutboundMessage(EXCHANGE, bundle.queue, body, CONTENT_TYPE, dict(headers), mandatory=False)


def _declared_differently(address: str, difference: str) -> Finding:
    return Finding(
        f"amqp://{address}",
        0,
        0,
        "LT801",
        message(
            "RabbitMQ has an object of this name that was declared differently: {difference}", difference=difference
        ),
        message(
            "see `lienthong topology plan`; drain the old queue and delete it by hand, for Lienthong never deletes one"
        ),
    )
