"""Publishing with confirms: many messages at a time, and none counts as sent before the broker has confirmed it.

The publisher has a connection of its own. A broker that is short of memory stops reading from publishing connections,
and acks must still reach it.
"""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import takewhile
from typing import Any

import pika
import structlog
from pika.spec import Basic

from lienthong.adapters.rabbitmq.connection import ReconnectingConnection
from lienthong.adapters.rabbitmq.outbound import OutboundBatch, OutboundMessage
from lienthong.adapters.rabbitmq.requests import NOT_FOUND, error_text, reply_code
from lienthong.errors import Transient
from lienthong.messages import message

MAX_UNCONFIRMED = 1_000
"""Messages that may be unconfirmed at a time, over all threads that publish."""

PERSISTENT = 2  # AMQP's delivery mode

_REOPEN_DELAY_SECONDS = 0.3  # before a channel that the broker closed is opened again

log = structlog.get_logger(__name__)


class Publisher:
    """Publishes from any thread over one channel."""

    def __init__(
        self,
        parameters: pika.ConnectionParameters,
        timeout_seconds: float,
        on_missing: Callable[[], None],
        *,
        on_refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`timeout_seconds`: how long a publish may take. `on_missing`: called when a queue or exchange is missing.
        `on_refused`: called with the broker's reason before the publishes fail whose channel it has closed.
        """
        self.connection = ReconnectingConnection("publisher", parameters, self)
        self.blocked = ""
        """The broker's reason for blocking publishers now, e.g. "low on memory"; empty when it does not."""
        self._timeout_seconds = timeout_seconds
        self._on_missing = on_missing
        self._on_refused = on_refused
        self._state = threading.Condition()
        self._channel: Any = None  # set only while it can be used
        self._unconfirmed = 0
        self._batches: dict[int, OutboundBatch] = {}
        self._last_number = 0
        self._last_tag = 0
        self._by_tag: dict[int, OutboundBatch] = {}

    def publish(self, messages: Sequence[OutboundMessage]) -> None:
        """Return once all are confirmed and none was returned; raises `Transient` otherwise."""
        deadline = time.monotonic() + self._timeout_seconds
        batches = [
            self._submit(messages[start : start + MAX_UNCONFIRMED], deadline)
            for start in range(0, len(messages), MAX_UNCONFIRMED)
        ]
        for batch in batches:
            if not batch.done.wait(max(0.0, deadline - time.monotonic())):
                raise Transient(self._give_up_waiting())
            if batch.failure:
                raise Transient(batch.failure)

    def close(self) -> None:
        self.connection.close()

    def on_connected(self, connection: Any) -> None:
        """See `ConnectionListener`."""
        connection.add_on_connection_blocked_callback(self._on_blocked)
        connection.add_on_connection_unblocked_callback(self._on_unblocked)
        self._open_channel(connection)

    def on_lost(self, why: str) -> None:
        """See `ConnectionListener`. Unconfirmed messages may have arrived or not: their publishers send them again."""
        with self._state:
            self.blocked = ""
        self._fail_all(why)

    def _submit(self, messages: Sequence[OutboundMessage], deadline: float) -> OutboundBatch:
        """Wait for a usable channel and for enough confirms of other messages; then queue the batch for sending."""
        with self._state:
            while not self._can_send(len(messages)):
                if not self._state.wait(deadline - time.monotonic()):
                    raise Transient(self._why_not())
            self._last_number += 1
            batch = OutboundBatch(self._last_number, messages)
            self._batches[batch.number] = batch
            self._unconfirmed += len(messages)
            self.connection.call(partial(self._send, self._channel, batch))
        return batch

    def _can_send(self, count: int) -> bool:
        usable = self._channel is not None and not self.blocked
        return usable and (self._unconfirmed == 0 or self._unconfirmed + count <= MAX_UNCONFIRMED)

    def _why_not(self) -> str:
        if self.blocked:
            return message("RabbitMQ blocks publishers: {reason}", reason=self.blocked)
        if self._channel is None:
            return self.connection.problem
        return message("too many messages wait for RabbitMQ's confirms")

    def _give_up_waiting(self) -> str:
        """The reason when confirms are overdue. A peer that is silent without having blocked us is dropped."""
        if self.blocked:
            return self._why_not()
        seconds = f"{self._timeout_seconds:g}"
        overdue = message("RabbitMQ did not confirm within {seconds} seconds", seconds=seconds)
        self.connection.drop(overdue)
        return overdue

    def _send(self, channel: Any, batch: OutboundBatch) -> None:
        """On the connection's thread."""
        if channel is not self._channel:
            self._finish(batch, message("the publishing channel was closed before sending"))
            return
        number = str(batch.number)
        for exchange, key, body, content_type, headers, mandatory, encoding in batch.messages:
            properties = pika.BasicProperties(
                content_type, encoding, headers=headers, delivery_mode=PERSISTENT, correlation_id=number
            )
            self._last_tag += 1
            self._by_tag[self._last_tag] = batch
            channel.basic_publish(exchange, key, body, properties, mandatory)

    def _open_channel(self, connection: Any) -> None:
        def on_open(channel: Any) -> None:
            channel.add_on_return_callback(self._on_returned)
            channel.confirm_delivery(self._on_confirmed, lambda _: self._use(channel))

        def on_close(_channel: Any, reason: BaseException) -> None:
            self._on_refused(error_text(reason))
            self._fail_all(message("RabbitMQ closed the publishing channel: {error}", error=error_text(reason)))
            if connection.is_open:
                log.warning("publishing channel closed", why=error_text(reason))
                if reply_code(reason) == NOT_FOUND:
                    self._on_missing()
                self.connection.call_later(connection, _REOPEN_DELAY_SECONDS, lambda: self._open_channel(connection))

        connection.channel(on_open_callback=on_open).add_on_close_callback(on_close)

    def _use(self, channel: Any) -> None:
        with self._state:
            self._channel, self._last_tag = channel, 0
            self._state.notify_all()

    def _on_confirmed(self, frame: Any) -> None:
        """The broker confirms or refuses one tag, or every tag up to it."""
        method = frame.method
        refused = isinstance(method, Basic.Nack)
        last = method.delivery_tag
        # The unconfirmed tags are few and in ascending order.
        tags = list(takewhile(lambda tag: tag <= last, self._by_tag)) if method.multiple else [last]
        for tag in tags:
            batch = self._by_tag.pop(tag, None)
            if batch is None:
                continue
            if refused:
                batch.failure = batch.failure or message("RabbitMQ refused a message: a queue is full or has failed")
            batch.unconfirmed -= 1
            if batch.unconfirmed == 0:
                self._finish(batch)

    def _on_returned(self, _channel: Any, method: Any, properties: Any, _body: bytes) -> None:
        """No queue received the message. The broker confirms it nevertheless, after this."""
        batch = self._batches.get(int(properties.correlation_id))
        if batch is not None:
            batch.failure = message("no queue receives messages published to {queue}", queue=method.routing_key)
        log.error("unroutable", exchange=method.exchange, key=method.routing_key)
        self._on_missing()

    def _finish(self, batch: OutboundBatch, failure: str = "") -> None:
        batch.failure = batch.failure or failure
        with self._state:
            self._batches.pop(batch.number, None)
            self._unconfirmed -= len(batch.messages)
            self._state.notify_all()
        batch.done.set()

    def _fail_all(self, why: str) -> None:
        """On the connection's thread: the channel is closed, so outstanding confirms will not come."""
        with self._state:
            self._channel = None
            batches = list(self._batches.values())
        self._by_tag.clear()
        for batch in batches:
            self._finish(batch, why)

    def _on_blocked(self, _connection: Any, frame: Any) -> None:
        reason = frame.method.reason
        with self._state:
            self.blocked = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        log.error("rabbitmq blocks publishers", why=self.blocked)

    def _on_unblocked(self, _connection: Any, _frame: Any) -> None:
        with self._state:
            self.blocked = ""
            self._state.notify_all()
        log.warning("rabbitmq unblocked publishers")
