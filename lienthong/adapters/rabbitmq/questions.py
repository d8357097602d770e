"""Questions over RabbitMQ: a queue for each request, answers by direct reply-to (`amq.rabbitmq.reply-to`).

A queue of questions is not like the queue of a stage. What stands in it is worth nothing once its caller has given up,
so it expires after the time of the request, is never dead-lettered, and the queue itself goes a moment after the last
process that answers: then a caller that publishes with `mandatory` is informed at once.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from queue import SimpleQueue
from typing import Any

import structlog

from lienthong.adapters.rabbitmq.answers import Answers, Back
from lienthong.adapters.rabbitmq.asked import Answer, Asked
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
"""Threads that read questions. They wait for nothing."""

ADMITTING_THREADS = 4
"""Threads that ask the database whose key it is. A database that hangs holds these up, and no other question."""

ADMITTED_SECONDS = 5.0
"""How long that may take; after that the question is given up, and the thread goes on by itself."""

_AGAIN_SECONDS = 1.0  # before a channel that was closed is opened again

log = structlog.get_logger(__name__)


Work = tuple[Asked, Callable[[Asked], None]]


class QuestionQueues:
    """Takes questions from the broker. It has a connection and threads of its own.

    - `answer` is called with each question, on one of `THREADS`, and may not wait: what asks the database goes on by
      `admit`. `give_up` is called on the connection's thread when the time of its request is over and it has no
      answer, or when its client is not known in time: it must be quick. All call `Asked.reply`.
    - A question is acked when its answer is sent. What a process leaves unanswered, another one gets.
    - When a queue is deleted, what was delivered from it is still answered: see `Answers`.
    """

    def __init__(
        self,
        url: str,
        requests: Mapping[str, timedelta],
        *,
        answer: Callable[[Asked], None],
        give_up: Callable[[Asked], None],
        unsent: Callable[[str], None],
    ) -> None:
        """`requests`: by name, the time within which a question is answered. `unsent`: see `Answers`."""
        self._requests = requests
        self._answer = answer
        self._give_up = give_up
        self._connection = ReconnectingConnection("requests", parse_url(url), self)
        self._waiting: SimpleQueue[Work | None] = SimpleQueue()
        self._admitting: SimpleQueue[Work | None] = SimpleQueue()
        self._open = 0
        self._changed = threading.Condition()
        self._is_ending = False
        self._channels: dict[str, Any] = {}
        self._answers = Answers(self._connection, unsent)
        self._logged: dict[str, str] = {}

    def start(self) -> None:
        for queue, count, name in ((self._waiting, THREADS, "read"), (self._admitting, ADMITTING_THREADS, "admitted")):
            for number in range(count):
                thread = f"questions.{name}.{number + 1}"
                threading.Thread(target=self._run, args=(queue,), name=thread, daemon=True).start()
        self._connection.start()

    def admit(self, asked: Asked, work: Callable[[Asked], None]) -> None:
        """Go on with a question on a thread that may wait for the database."""
        self._admitting.put((asked, work))

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
        for queue, count in ((self._waiting, THREADS), (self._admitting, ADMITTING_THREADS)):
            for _ in range(count):
                queue.put(None)

    def on_connected(self, connection: Any) -> None:
        """See `ConnectionListener`."""
        for name in self._requests:
            self._consume(name, connection)

    def on_lost(self, why: str) -> None:  # noqa: ARG002 - the connection has logged it
        """See `ConnectionListener`. The broker delivers again what was not acked."""
        self._channels.clear()
        self._answers.clear()

    def _run(self, queue: "SimpleQueue[Work | None]") -> None:
        while (work := queue.get()) is not None:
            asked, answer = work
            if asked.is_answered:  # its time went by while it waited here
                continue
            try:
                answer(asked)
            except BaseException as error:
                log.exception("a question over RabbitMQ failed", request=asked.request, error=type(error).__name__)

    def _consume(self, name: str, connection: Any) -> None:
        """Open a channel, declare the queue and consume; again whenever the channel is closed."""
        if not self._is_ending and connection.is_open:
            channel = connection.channel(on_open_callback=partial(self._declare, name))
            channel.add_on_close_callback(partial(self._on_closed, name, connection))

    def _declare(self, name: str, channel: Any) -> None:
        def on_bound(_: Any) -> None:
            channel.add_on_cancel_callback(lambda _: self._on_cancelled(name, channel))
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

    def _on_cancelled(self, name: str, channel: Any) -> None:
        """The queue was deleted. Another channel takes over; this one stays for the answers to what it delivered."""
        self._forget(name, channel)
        in_work = self._answers.retire(channel)
        log.warning("a queue of questions was deleted; it is made again", request=name, in_work=in_work)
        again = partial(self._consume, name, channel.connection)
        self._connection.call_later(channel.connection, _AGAIN_SECONDS, again)

    def _forget(self, name: str, channel: Any) -> None:
        if self._channels.get(name) is channel:
            del self._channels[name]

    def _on_closed(self, name: str, connection: Any, channel: Any, reason: BaseException) -> None:
        self._forget(name, channel)
        if self._answers.forget(channel) or self._is_ending or not connection.is_open:
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
        back = Back(name, channel, method.delivery_tag, reply_to, properties.correlation_id)
        asked = Asked(
            name,
            body,
            properties.content_type or "",
            properties.content_encoding or "",
            {key.lower(): value for key, value in (properties.headers or {}).items() if isinstance(value, str)},
            time.monotonic(),
            partial(self._queue_answer, back),
        )
        with self._changed:
            self._open += 1
        self._answers.expect(channel)
        within = self._requests[name].total_seconds()
        self._connection.call_later(channel.connection, within, partial(self._late, asked))
        if within > ADMITTED_SECONDS:
            self._connection.call_later(channel.connection, ADMITTED_SECONDS, partial(self._not_admitted, asked))
        self._waiting.put((asked, self._answer))

    def _late(self, asked: Asked) -> None:
        if not asked.is_answered:
            self._give_up(asked)

    def _not_admitted(self, asked: Asked) -> None:
        if not asked.is_admitted:
            self._late(asked)

    def _queue_answer(self, back: Back, answer: Answer) -> None:
        self._answers.send(back, answer)
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


def _ignore(_: Any) -> None:
    """Takes a reply of the broker with nothing new in it."""
