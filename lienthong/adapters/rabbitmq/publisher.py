"""Publishing: many messages under way at once, and nobody is told "sent" before the broker confirmed it.

A connection of its own: a broker that has no memory left stops reading from whoever publishes, and acks must go on.
"""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import takewhile
from typing import Any, NamedTuple

import pika
import structlog
from pika.spec import Basic

from lienthong.adapters.rabbitmq.connection import ChainLink
from lienthong.adapters.rabbitmq.requests import MISSING, code_of, text_of
from lienthong.errors import Transient

UNDER_WAY = 1_000
"""Messages that may be unconfirmed at a time, all publishers together."""

PERSISTENT = 2

_REOPEN = 0.3  # seconds before a channel that the broker closed is opened again

log = structlog.get_logger(__name__)


class Message(NamedTuple):
    """One message, ready to go. `mandatory`: it is a fault if no queue takes it."""

    exchange: str
    key: str
    body: bytes
    content_type: str
    headers: dict[str, Any] | None = None
    mandatory: bool = True


class Batch:
    """Messages handed over together. Only the link's thread changes it, but for `done`, which the publisher awaits."""

    def __init__(self, number: int, messages: Sequence[Message]) -> None:
        self.number = number
        self.messages = messages
        self.left = len(messages)
        self.failure = ""
        self.done = threading.Event()


class Outgoing:
    """Publishes from any thread over one channel."""

    def __init__(self, parameters: pika.ConnectionParameters, patience: float, on_missing: Callable[[], None]) -> None:
        """`patience`: seconds a publish may take. `on_missing` is told when something we publish to does not exist."""
        self.link = ChainLink("outgoing", parameters, self)
        self.blocked = ""
        """Why the broker takes nothing from publishers now; empty when it does."""
        self._patience = patience
        self._on_missing = on_missing
        self._state = threading.Condition()
        self._channel: Any = None  # only while it takes messages
        self._under_way = 0
        self._batches: dict[int, Batch] = {}
        self._number = 0
        self._tag = 0
        self._pending: dict[int, Batch] = {}

    def publish(self, messages: Sequence[Message]) -> None:
        """Return once all are confirmed and none was returned; raises `Transient` otherwise."""
        deadline = time.monotonic() + self._patience
        batches = [
            self._hand_over(messages[start : start + UNDER_WAY], deadline)
            for start in range(0, len(messages), UNDER_WAY)
        ]
        for batch in batches:
            if not batch.done.wait(max(0.0, deadline - time.monotonic())):
                raise Transient(self._overdue())
            if batch.failure:
                raise Transient(batch.failure)

    def close(self) -> None:
        self.link.close()

    def opened(self, connection: Any) -> None:
        """See `Tenant`."""
        connection.add_on_connection_blocked_callback(self._on_blocked)
        connection.add_on_connection_unblocked_callback(self._on_unblocked)
        self._open_channel(connection)

    def lost(self, why: str) -> None:
        """See `Tenant`. What was under way may have arrived or not: whoever sent it sends it again."""
        with self._state:
            self.blocked = ""
        self._fail_all(why)

    def _hand_over(self, messages: Sequence[Message], deadline: float) -> Batch:
        """Wait until the broker takes messages and enough others are confirmed; then hand over in one call."""
        with self._state:
            while not self._may_send(len(messages)):
                if not self._state.wait(deadline - time.monotonic()):
                    raise Transient(self._why_not())
            self._number += 1
            batch = Batch(self._number, messages)
            self._batches[batch.number] = batch
            self._under_way += len(messages)
            self.link.call(partial(self._send, self._channel, batch))
        return batch

    def _may_send(self, count: int) -> bool:
        open_for_us = self._channel is not None and not self.blocked
        return open_for_us and (self._under_way == 0 or self._under_way + count <= UNDER_WAY)

    def _why_not(self) -> str:
        if self.blocked:
            return f"RabbitMQ đang chặn việc gửi: {self.blocked}"
        return self.link.trouble if self._channel is None else "quá nhiều thông điệp đang chờ RabbitMQ xác nhận"

    def _overdue(self) -> str:
        """Nothing was confirmed in time. A peer that is silent without having blocked us is given up."""
        if self.blocked:
            return self._why_not()
        self.link.cut("confirms are overdue")
        return f"RabbitMQ không xác nhận trong {self._patience:g} giây"

    def _send(self, channel: Any, batch: Batch) -> None:
        """On the link's thread."""
        if channel is not self._channel:
            self._finish(batch, "kênh gửi vừa đóng")
            return
        number = str(batch.number)
        for exchange, key, body, content_type, headers, mandatory in batch.messages:
            properties = pika.BasicProperties(
                content_type, headers=headers, delivery_mode=PERSISTENT, correlation_id=number
            )
            self._tag += 1
            self._pending[self._tag] = batch
            channel.basic_publish(exchange, key, body, properties, mandatory)

    def _open_channel(self, connection: Any) -> None:
        def opened(channel: Any) -> None:
            channel.add_on_return_callback(self._on_returned)
            channel.confirm_delivery(self._on_confirmed, lambda _: self._ready(channel))

        def closed(_channel: Any, reason: BaseException) -> None:
            self._fail_all(f"RabbitMQ đóng kênh gửi: {text_of(reason)}")
            if connection.is_open:
                log.warning("publishing channel closed", why=text_of(reason))
                if code_of(reason) == MISSING:
                    self._on_missing()
                self.link.later(connection, _REOPEN, lambda: self._open_channel(connection))

        connection.channel(on_open_callback=opened).add_on_close_callback(closed)

    def _ready(self, channel: Any) -> None:
        with self._state:
            self._channel, self._tag = channel, 0
            self._state.notify_all()

    def _on_confirmed(self, frame: Any) -> None:
        """Every tag up to this one, or this one alone."""
        answer = frame.method
        refused = isinstance(answer, Basic.Nack)
        last = answer.delivery_tag
        # The tags under way stand in their order, and are few.
        tags = list(takewhile(lambda tag: tag <= last, self._pending)) if answer.multiple else [last]
        for tag in tags:
            batch = self._pending.pop(tag, None)
            if batch is None:
                continue
            if refused:
                batch.failure = batch.failure or "RabbitMQ không nhận thông điệp (một hàng đợi đã đầy hoặc đang lỗi)"
            batch.left -= 1
            if batch.left == 0:
                self._finish(batch)

    def _on_returned(self, _channel: Any, method: Any, properties: Any, _body: bytes) -> None:
        """No queue takes it. Its confirm follows, as if all were well."""
        batch = self._batches.get(int(properties.correlation_id))
        if batch is not None:
            batch.failure = f"không có hàng đợi nào nhận thông điệp gửi tới {method.routing_key}"
        log.error("unroutable", exchange=method.exchange, key=method.routing_key)
        self._on_missing()

    def _finish(self, batch: Batch, failure: str = "") -> None:
        batch.failure = batch.failure or failure
        with self._state:
            self._batches.pop(batch.number, None)
            self._under_way -= len(batch.messages)
            self._state.notify_all()
        batch.done.set()

    def _fail_all(self, why: str) -> None:
        """On the link's thread: the channel is gone, and with it every confirm we waited for."""
        with self._state:
            self._channel = None
            batches = list(self._batches.values())
        self._pending.clear()
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
        log.warning("rabbitmq takes messages again")
