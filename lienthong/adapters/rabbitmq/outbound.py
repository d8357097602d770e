"""What a publisher sends: messages ready to publish, in batches that are confirmed together."""

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple


class OutboundMessage(NamedTuple):
    """A message ready to publish. `mandatory`: it is an error if no queue receives it."""

    exchange: str
    key: str
    body: bytes
    content_type: str
    headers: dict[str, Any] | None = None
    mandatory: bool = True
    content_encoding: str | None = None


class OutboundBatch:
    """Messages of one publish call. Only the connection's thread changes it; the publisher waits for `done`."""

    def __init__(self, number: int, messages: Sequence[OutboundMessage]) -> None:
        self.number = number
        self.messages = messages
        self.unconfirmed = len(messages)
        self.failure = ""
        """Why not all messages were confirmed, for people; empty when all were."""
        self.done = threading.Event()
