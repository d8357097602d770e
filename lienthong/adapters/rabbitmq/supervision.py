"""Supervising subscriptions: a queue without our consumer, or one that has messages and delivers none, is the
commonest silent fault of a messaging system.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from lienthong.adapters.rabbitmq.connection import ReconnectingConnection
from lienthong.adapters.rabbitmq.depths import QueueDepth, parse_depths
from lienthong.adapters.rabbitmq.requests import depth_request, send_requests
from lienthong.adapters.rabbitmq.subscription import Subscription
from lienthong.messages import message


class Supervisor:
    """Inspects the queues of all subscriptions at intervals, on the connection's thread."""

    def __init__(
        self,
        connection: ReconnectingConnection,
        *,
        subscriptions: Callable[[], Sequence[Subscription]],
        redeclare: Callable[[], None],
        interval_seconds: float,
        starved_after_seconds: float,
        reply_timeout_seconds: float,
    ) -> None:
        """`redeclare`: called when a queue cannot be inspected."""
        self._reconnecting = connection
        self._subscriptions = subscriptions
        self._redeclare = redeclare
        self._interval_seconds = interval_seconds
        self._starved_after_seconds = starved_after_seconds
        self._reply_timeout_seconds = reply_timeout_seconds
        self._pending: object = None  # identifies the inspection that has no reply yet

    def start(self, connection: Any) -> None:
        """Supervise the subscriptions on a new connection."""
        self._pending = None
        self._schedule(connection)

    def _schedule(self, connection: Any) -> None:
        self._reconnecting.call_later(connection, self._interval_seconds, partial(self._inspect, connection))

    def _inspect(self, connection: Any) -> None:
        """Inspect every queue. A peer that does not reply in time is dropped; heartbeats would notice it later."""
        subscriptions = self._subscriptions()
        queues = sorted({subscription.queue for subscription in subscriptions})
        this = self._pending = object()

        def on_replies(replies: Sequence[Any], error: BaseException | None) -> None:
            self._pending = None
            if not connection.is_open:
                return
            if error is not None:
                self._redeclare()
            else:
                depths = parse_depths(queues, replies)
                for subscription in subscriptions:
                    self._check(connection, subscription, depths[subscription.queue])
            self._schedule(connection)

        def on_timeout() -> None:
            if self._pending is this:
                self._reconnecting.drop(message("RabbitMQ did not reply to an inspection of its queues"))

        self._reconnecting.call_later(connection, self._reply_timeout_seconds, on_timeout)
        send_requests(connection, [depth_request(queue) for queue in queues], on_replies)

    def _check(self, connection: Any, subscription: Subscription, depth: QueueDepth) -> None:
        quiet = time.monotonic() - subscription.last_activity
        if depth.consumers == 0 and quiet > self._interval_seconds:
            subscription.reopen(connection, "the queue has no consumer")
        elif depth.ready and quiet > self._starved_after_seconds and not subscription.is_full:
            subscription.reopen(connection, f"{depth.ready} ready and none delivered for {quiet:.0f} s")
