"""Consuming: declarations, subscriptions that outlive every connection, and inspections of queues.

After each connect everything is declared again before a subscription opens; see `supervision` for what comes then.
"""

import threading
import time
from collections.abc import Sequence
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

import pika
import structlog

from lienthong.adapters.rabbitmq.connection import ReconnectingConnection
from lienthong.adapters.rabbitmq.declarations import Declaration
from lienthong.adapters.rabbitmq.depths import Snapshot, parse_depths
from lienthong.adapters.rabbitmq.requests import (
    NOT_FOUND,
    PRECONDITION_FAILED,
    BrokerRequest,
    declare_request,
    depth_request,
    error_text,
    reply_code,
    send_requests,
)
from lienthong.adapters.rabbitmq.subscription import Subscription
from lienthong.adapters.rabbitmq.supervision import Supervisor
from lienthong.errors import Misconfigured, Transient
from lienthong.messages import message

INSPECT_EVERY_SECONDS = 5.0
"""How often the supervisor inspects the queues of our subscriptions."""

STARVED_AFTER_SECONDS = 15.0
"""How long a queue may have messages and deliver none before its subscription is reopened."""

_REFUSAL_CHECK_SECONDS = 0.2  # how often a caller that waits for a connection checks whether the broker refuses us
_REDECLARE_DELAY_SECONDS = 1.0  # after a restart of the broker its queues answer 404 for a moment

log = structlog.get_logger(__name__)


class DeclarationError(Exception):
    """The broker refused a declaration. The text is the broker's."""


class ConsumingConnection:
    """Declares, subscribes and inspects; from any thread. It has a connection of its own."""

    def __init__(
        self,
        parameters: pika.ConnectionParameters,
        timeout_seconds: float,
        *,
        inspect_every_seconds: float = INSPECT_EVERY_SECONDS,
        starved_after_seconds: float = STARVED_AFTER_SECONDS,
    ) -> None:
        """`timeout_seconds`: how long the broker may take to reply."""
        self.connection = ReconnectingConnection("consuming", parameters, self)
        self._timeout_seconds = timeout_seconds
        self._state = threading.Condition()
        self._current: Any = None  # pika's connection, set only while it is open
        self._declarations: Sequence[Declaration] = ()
        self._subscriptions: list[Subscription] = []
        self._declaring = False
        self._supervisor = Supervisor(
            self.connection,
            subscriptions=lambda: list(self._subscriptions),
            redeclare=self._declare_soon,
            interval_seconds=inspect_every_seconds,
            starved_after_seconds=starved_after_seconds,
            reply_timeout_seconds=timeout_seconds,
        )

    def declare(self, declarations: Sequence[Declaration]) -> None:
        """Create what is missing, now and after every connect.

        Raises `DeclarationError` when an object exists and is declared differently, `Misconfigured` when the broker
        refuses our login or virtual host, `Transient` when it does not reply.
        """
        self._declarations = declarations
        self._declare_now(declarations)

    def create(self, declaration: Declaration) -> None:
        """Create one more object, now only. Raises as `declare` does."""
        self._declare_now([declaration])

    def _declare_now(self, declarations: Sequence[Declaration]) -> None:
        _, error = self._request([declare_request(declaration) for declaration in declarations])
        if reply_code(error) not in {0, NOT_FOUND}:
            raise DeclarationError(error_text(error))
        if error is not None:
            raise Transient(message("RabbitMQ is not ready yet: {error}", error=error_text(error)))

    def inspect(self, queues: Sequence[str]) -> Snapshot:
        """Count ready messages and consumers. Raises `Transient` when the broker does not reply or refuses our login,
        or when one of the queues does not exist.
        """
        try:
            replies, error = self._request([depth_request(queue) for queue in queues])
        except Misconfigured as refused:
            raise Transient(str(refused)) from refused
        if error is not None:
            raise Transient(message("cannot inspect the queues on RabbitMQ: {error}", error=error_text(error)))
        with self._state:
            unacked = sum(subscription.unacked for subscription in self._subscriptions)
        return Snapshot(parse_depths(queues, replies), unacked)

    def subscribe(self, queue: str, prefetch: int) -> Subscription:
        """A subscription that opens now if there is a connection, and after every reconnect."""
        subscription = Subscription(queue, prefetch=prefetch, connection=self.connection, on_missing=self.declare_again)
        with self._state:
            self._subscriptions.append(subscription)
            connection = self._current
        if connection is not None:
            self.connection.call(partial(subscription.open, connection))
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        with self._state:
            if subscription in self._subscriptions:
                self._subscriptions.remove(subscription)
        subscription.close(self._timeout_seconds)

    def declare_again(self) -> None:
        """A declared object is missing. Calls that come close together lead to one declaration."""
        self.connection.call(self._declare_soon)

    def close(self) -> None:
        """Send the acks, return unacked deliveries to their queues, close the connection."""
        for subscription in list(self._subscriptions):
            self.unsubscribe(subscription)
        self.connection.close()

    def on_connected(self, connection: Any) -> None:
        """See `ConnectionListener`."""
        with self._state:
            self._current = connection
            self._declaring = False
            self._state.notify_all()
        self._declare_and_open(connection)
        self._supervisor.start(connection)

    def on_lost(self, why: str) -> None:  # noqa: ARG002 - the connection has logged it
        """See `ConnectionListener`."""
        with self._state:
            self._current = None
            subscriptions = list(self._subscriptions)
        for subscription in subscriptions:
            subscription.on_connection_lost()

    def _request(self, requests: Sequence[BrokerRequest]) -> tuple[Sequence[Any], BaseException | None]:
        """The replies, and the error that ended the requests early.

        Raises `Transient` without a reply in time, `Misconfigured` when the broker refuses our login or virtual host.
        """
        deadline = time.monotonic() + self._timeout_seconds
        with self._state:
            while self._current is None:
                if self.connection.refused:
                    raise Misconfigured([self.connection.refused])
                if time.monotonic() >= deadline:
                    raise Transient(self.connection.problem)
                self._state.wait(_REFUSAL_CHECK_SECONDS)
            connection = self._current
        results: SimpleQueue[tuple[Sequence[Any], BaseException | None]] = SimpleQueue()
        self.connection.call(
            lambda: send_requests(connection, requests, lambda replies, error: results.put((replies, error)))
        )
        try:
            return results.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            seconds = f"{self._timeout_seconds:g}"
            raise Transient(message("RabbitMQ did not reply within {seconds} seconds", seconds=seconds)) from None

    def _declare_soon(self) -> None:
        connection = self._current
        if connection is not None and not self._declaring:
            self._declaring = True
            declare = partial(self._declare_and_open, connection)
            self.connection.call_later(connection, _REDECLARE_DELAY_SECONDS, declare)

    def _declare_and_open(self, connection: Any) -> None:
        """Declare everything, then open the subscriptions. Repeated until the broker agrees."""

        def on_replies(_replies: Sequence[Any], error: BaseException | None) -> None:
            self._declaring = False
            if error is None or reply_code(error) == PRECONDITION_FAILED:
                for subscription in list(self._subscriptions):
                    subscription.open(connection)
            if error is not None and connection.is_open:
                log.error("cannot declare", why=error_text(error))
                if reply_code(error) != PRECONDITION_FAILED:
                    self._declare_soon()

        send_requests(connection, [declare_request(declaration) for declaration in self._declarations], on_replies)
