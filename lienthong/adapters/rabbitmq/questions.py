"""Questions over RabbitMQ: a queue for each request, answers by direct reply-to (`amq.rabbitmq.reply-to`).

A queue of questions is not like the queue of a stage. What stands in it is worth nothing once its caller has given up,
so it expires after the time of the request, is never dead-lettered, and the queue itself goes a moment after the last
process that answers: then a caller that publishes with `mandatory` is informed at once.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from queue import SimpleQueue
from typing import Any

import pika
import structlog

from lienthong.adapters.rabbitmq.connection import ReconnectingConnection
from lienthong.adapters.rabbitmq.naming import queue_name
from lienthong.adapters.rabbitmq.parameters import parse_url
from lienthong.adapters.rabbitmq.requests import error_text
from lienthong.topology import request_queue

EXCHANGE = "lienthong.requests"
"""Callers publish to it, with the name of the request as routing key. So they need no right to write into queues."""

REPLY_TO = "amq.rabbitmq.reply-to."
"""What the broker makes of a caller's `reply_to`. An answer goes nowhere else: a caller that could name a queue could
let us write into any, also into those of the bus."""

PREFETCH = 64
"""Questions of one request that a process holds without having answered them."""

MAX_LENGTH = 1_000
"""Questions that wait in a queue. One more is refused to a caller that asks for confirms."""

UNUSED_MILLISECONDS = 5_000
"""A queue goes when no process has consumed from it for so long: time enough to start a process again."""

THREADS = 4
"""Threads that read questions. They wait for the database at most, when they ask whose key it is."""

_AGAIN_SECONDS = 1.0  # before a channel that was closed is opened again

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to a caller. The names of `headers` are in lower case."""

    body: bytes
    content_type: str
    headers: Mapping[str, Any]


@dataclass(slots=True)
class Asked:
    """A question, as the broker delivered it. `received` is a moment of the monotonic clock.

    `reply` may be called from any thread, and neither blocks nor raises; what comes after the first answer is ignored.
    """

    request: str
    body: bytes
    content_type: str
    content_encoding: str
    headers: Mapping[str, str]
    received: float
    send: Callable[[Answer], None]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    is_answered: bool = False

    def reply(self, answer: Answer) -> bool:
        """Send the answer; False when there was one already."""
        with self._lock:
            if self.is_answered:
                return False
            self.is_answered = True
        self.send(answer)
        return True


class QuestionQueues:
    """Takes questions from the broker. It has a connection and threads of its own.

    - `answer` is called with each question, on one of `THREADS`; `give_up` on the connection's thread, when the time of
      its request is over and it has no answer: it must be quick. Both call `Asked.reply`.
    - A question is acked when its answer is sent. What a process leaves unanswered, another one gets.
    - An answer is neither mandatory nor confirmed: that its caller has gone is no error of ours.
    """

    def __init__(
        self,
        url: str,
        requests: Mapping[str, timedelta],
        *,
        answer: Callable[[Asked], None],
        give_up: Callable[[Asked], None],
    ) -> None:
        """`requests`: by name, the time within which a question is answered."""
        self._requests = requests
        self._answer = answer
        self._give_up = give_up
        self._connection = ReconnectingConnection("requests", parse_url(url), self)
        self._waiting: SimpleQueue[Asked | None] = SimpleQueue()
        self._open = 0
        self._changed = threading.Condition()
        self._is_ending = False
        self._channels: dict[str, Any] = {}
        self._logged: dict[str, str] = {}

    def start(self) -> None:
        for number in range(THREADS):
            threading.Thread(target=self._run, name=f"questions.{number + 1}", daemon=True).start()
        self._connection.start()

    def end_consuming(self) -> None:
        """Take no further question; the broker gives them to other processes. What was taken is still answered."""
        self._is_ending = True
        self._connection.call(self._cancel)

    def close(self, seconds: float) -> None:
        """Take no further question, wait at most `seconds` until all are answered, and close the connection."""
        self.end_consuming()
        with self._changed:
            self._changed.wait_for(lambda: self._open == 0, timeout=seconds)
        self._connection.close()
        for _ in range(THREADS):
            self._waiting.put(None)

    def on_connected(self, connection: Any) -> None:
        """See `ConnectionListener`."""
        for name in self._requests:
            self._consume(name, connection)

    def on_lost(self, why: str) -> None:  # noqa: ARG002 - the connection has logged it
        """See `ConnectionListener`. The broker delivers again what was not acked."""
        self._channels.clear()

    def _run(self) -> None:
        while (asked := self._waiting.get()) is not None:
            if asked.is_answered:  # its time went by while it waited here
                continue
            try:
                self._answer(asked)
            except BaseException as error:
                log.exception("a question over RabbitMQ failed", request=asked.request, error=type(error).__name__)

    def _consume(self, name: str, connection: Any) -> None:
        """Open a channel, declare the queue and consume; again whenever the channel is closed."""
        if not self._is_ending and connection.is_open:
            channel = connection.channel(on_open_callback=partial(self._declare, name))
            channel.add_on_close_callback(partial(self._on_closed, name, connection))

    def _declare(self, name: str, channel: Any) -> None:
        def on_bound(_: Any) -> None:
            channel.add_on_cancel_callback(lambda _: channel.close())  # the queue was deleted
            channel.basic_qos(prefetch_count=PREFETCH)
            channel.basic_consume(queue, partial(self._on_delivered, name))
            self._channels[name] = channel
            if self._logged.pop(name, ""):
                log.info("questions are taken from RabbitMQ again", request=name)

        queue = queue_name(request_queue(name))
        arguments = queue_arguments(self._requests[name])
        # Sent in a row: the broker handles them in this order, and closes the channel at the first that it refuses.
        channel.exchange_declare(EXCHANGE, "direct", durable=True, callback=_ignore)
        channel.queue_declare(queue, durable=True, arguments=arguments, callback=_ignore)
        channel.queue_bind(queue, EXCHANGE, routing_key=name, callback=on_bound)

    def _on_closed(self, name: str, connection: Any, _channel: Any, reason: BaseException) -> None:
        self._channels.pop(name, None)
        if self._is_ending or not connection.is_open:
            return
        why = error_text(reason)
        if self._logged.get(name) != why:
            log.error("no questions can be taken from RabbitMQ", request=name, why=why)
            self._logged[name] = why
        self._connection.call_later(connection, _AGAIN_SECONDS, partial(self._consume, name, connection))

    def _on_delivered(self, name: str, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        reply_to = properties.reply_to or ""
        if not reply_to.startswith(REPLY_TO):
            log.warning("a question without direct reply-to cannot be answered", request=name)
            channel.basic_ack(method.delivery_tag)
            return
        sent = partial(self._queue_answer, channel, method.delivery_tag, reply_to, properties.correlation_id)
        asked = Asked(
            name,
            body,
            properties.content_type or "",
            properties.content_encoding or "",
            {key.lower(): value for key, value in (properties.headers or {}).items() if isinstance(value, str)},
            time.monotonic(),
            sent,
        )
        with self._changed:
            self._open += 1
        within = self._requests[name].total_seconds()
        self._connection.call_later(channel.connection, within, partial(self._late, asked))
        self._waiting.put(asked)

    def _late(self, asked: Asked) -> None:
        if not asked.is_answered:
            self._give_up(asked)

    def _queue_answer(self, channel: Any, tag: int, reply_to: str, correlation: str | None, answer: Answer) -> None:
        self._connection.call(partial(_send, channel, tag, reply_to, correlation, answer))
        with self._changed:  # after the call: `close` closes the connection behind the last answer
            self._open -= 1
            self._changed.notify_all()

    def _cancel(self) -> None:
        for channel in self._channels.values():
            if channel.is_open:
                for consumer in channel.consumer_tags:
                    channel.basic_cancel(consumer)


def queue_arguments(within: timedelta) -> dict[str, Any]:
    """The arguments of a queue of questions. A classic queue: a copy on other nodes outlives no question."""
    return {
        "x-queue-type": "classic",
        "x-message-ttl": within // timedelta(milliseconds=1),
        "x-expires": UNUSED_MILLISECONDS,
        "x-max-length": MAX_LENGTH,
        "x-overflow": "reject-publish",
    }


def _send(channel: Any, tag: int, reply_to: str, correlation: str | None, answer: Answer) -> None:
    """Send an answer and ack its question. On a channel that was closed meanwhile: the broker delivers it again."""
    if not channel.is_open:
        return
    properties = pika.BasicProperties(
        content_type=answer.content_type, correlation_id=correlation, headers=dict(answer.headers), delivery_mode=1
    )
    channel.basic_publish("", reply_to, answer.body, properties)
    channel.basic_ack(tag)


def _ignore(_: Any) -> None:
    """Takes a reply of the broker with nothing new in it."""
