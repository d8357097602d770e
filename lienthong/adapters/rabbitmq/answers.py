"""The answers to questions over RabbitMQ: sent on the channel that delivered the question, as long as that is open."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pika
import structlog

from lienthong.adapters.rabbitmq.asked import Answer
from lienthong.adapters.rabbitmq.connection import ReconnectingConnection

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Back:
    """The way back of one answer."""

    request: str
    channel: Any
    tag: int
    reply_to: str
    correlation: str | None


class Answers:
    """Sends each answer and acks its question.

    - An answer is neither mandatory nor confirmed: that its caller has gone is no error of ours.
    - A channel that takes no more questions stays open until all are answered that it delivered.
    - An answer whose channel is gone cannot be sent. It is logged, and counted by `unsent` with its request.
      The broker delivers the question again, unless its queue was deleted.
    """

    def __init__(self, connection: ReconnectingConnection, unsent: Callable[[str], None]) -> None:
        self._connection = connection
        self._unsent = unsent
        self._lock = threading.Lock()
        self._queued: set[Back] = set()  # they wait for the connection's thread
        self._open: dict[Any, int] = {}  # by channel, its questions without an answer; on the connection's thread alone
        self._retired: set[Any] = set()

    def expect(self, channel: Any) -> None:
        """A question was delivered on this channel. This and the next three: on the connection's thread."""
        self._open[channel] = self._open.get(channel, 0) + 1

    def retire(self, channel: Any) -> int:
        """Close a channel that takes no more questions once all are answered; returns how many are not."""
        self._retired.add(channel)
        self._close_when_answered(channel)
        return self._open.get(channel, 0)

    def forget(self, channel: Any) -> bool:
        """A channel was closed. Returns whether another one took over before that."""
        self._open.pop(channel, None)
        was_retired = channel in self._retired
        self._retired.discard(channel)
        return was_retired

    def clear(self) -> None:
        """The connection was lost, and with it the channels and what waited to be sent."""
        self._open.clear()
        self._retired.clear()
        with self._lock:
            dropped, self._queued = self._queued, set()
        for back in dropped:
            self._note_unsent(back, "the connection was lost")

    def send(self, back: Back, answer: Answer) -> None:
        """Send an answer, on the connection's thread; in order, and before a close that is called for after this."""
        with self._lock:
            self._queued.add(back)
        if not self._connection.call(partial(self._send, back, answer)) and self._take(back):
            self._note_unsent(back, "there is no connection")

    def _send(self, back: Back, answer: Answer) -> None:
        if not self._take(back):
            return
        channel = back.channel
        if not channel.is_open:
            self._note_unsent(back, "its channel was closed")
            return
        properties = pika.BasicProperties(
            content_type=answer.content_type,
            correlation_id=back.correlation,
            headers=dict(answer.headers),
            delivery_mode=1,
        )
        channel.basic_publish("", back.reply_to, answer.body, properties)
        channel.basic_ack(back.tag)
        self._open[channel] = self._open.get(channel, 0) - 1
        self._close_when_answered(channel)

    def _take(self, back: Back) -> bool:
        with self._lock:
            known = back in self._queued
            self._queued.discard(back)
        return known

    def _close_when_answered(self, channel: Any) -> None:
        if channel in self._retired and channel.is_open and self._open.get(channel, 0) <= 0:
            channel.close()

    def _note_unsent(self, back: Back, why: str) -> None:
        log.warning("an answer over RabbitMQ could not be sent", request=back.request, why=why)
        self._unsent(back.request)
