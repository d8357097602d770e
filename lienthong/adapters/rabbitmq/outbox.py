"""Publishing messages of any size: what may be too large for the broker goes over a connection of its own."""

import threading
from collections.abc import Callable, Sequence
from functools import partial

import pika

from lienthong.adapters.message_size import parse_refusal
from lienthong.adapters.rabbitmq.outbound import OutboundMessage
from lienthong.adapters.rabbitmq.publisher import Publisher
from lienthong.errors import Transient

PROVEN_BYTES = 128 * 1024
"""Messages up to this size go over the shared connection from the beginning."""


class Outbox:
    """Sends messages, and learns what the broker takes.

    RabbitMQ does not tell how large a message may be. It closes the channel of one that is too large, and with it fails
    whatever else is unconfirmed there. So a message larger than any that was confirmed before goes alone.
    """

    def __init__(
        self,
        parameters: pika.ConnectionParameters,
        timeout_seconds: float,
        on_missing: Callable[[], None],
        *,
        limit: int,
    ) -> None:
        self.limit = limit
        """The largest message in bytes: the setting, or what the broker takes if that is known to be less."""
        self.shared = Publisher(parameters, timeout_seconds, on_missing, on_refused=self._learn)
        self._make_separate: Callable[[], Publisher] = partial(
            Publisher, parameters, timeout_seconds, on_missing, on_refused=self._learn
        )
        self._separate: Publisher | None = None
        self._opening = threading.Lock()
        self._proven = PROVEN_BYTES

    def publish(self, messages: Sequence[OutboundMessage]) -> None:
        """Publish all, the large ones first and one by one. Raises `Transient` when not all were confirmed.

        `limit` is then less than before if the reason was the size of one.
        """
        proven = self._proven
        for one in messages:
            if len(one.body) > proven:
                self._publish_alone(one)
        rest = [one for one in messages if len(one.body) <= proven]
        if rest:
            self.shared.publish(rest)

    def close(self) -> None:
        if self._separate is not None:
            self._separate.close()
        self.shared.close()

    def _publish_alone(self, one: OutboundMessage) -> None:
        with self._opening:
            if self._separate is None:
                self._separate = self._make_separate()
                self._separate.connection.start()
        self._separate.publish([one])
        self._proven = max(self._proven, len(one.body))

    def _learn(self, text: str) -> None:
        """The broker closed a channel; `text` is its reason."""
        limit = parse_refusal(text)
        if limit is not None:
            self.limit = min(self.limit, limit)
            self._proven = min(self._proven, limit)


def publish_all(outbox: Outbox, make_messages: Callable[[int], Sequence[OutboundMessage]]) -> None:
    """Publish what `make_messages` makes for a limit, again with a smaller limit when the broker has just named one."""
    while True:
        limit = outbox.limit
        try:
            outbox.publish(make_messages(limit))
        except Transient:
            if outbox.limit >= limit:
                raise
        else:
            return
