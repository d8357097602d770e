"""What a webhook request carries, and the id by which a receiver knows that it comes again."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lienthong.subscriptions.channel import Announced

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"

MAX_REQUEST_BYTES = 1_000_000
"""The body of a request at most, unless one event alone is larger: nginx refuses one of more than 1 MiB."""


class Content(NamedTuple):
    """The body of a request, the headers that describe it, and its id."""

    body: bytes
    headers: Mapping[str, str]
    key: str


def make_content(subscription: str, events: Sequence[Announced], *, is_batch: bool) -> Content:
    """CloudEvents 1.0 in structured mode, or in the batch mode: an array, also around a single event."""
    key = webhook_id(subscription, events)
    if is_batch:
        return Content(b"[" + b",".join(one.body for one in events) + b"]", {"Content-Type": BATCH}, key)
    (event,) = events
    return Content(event.body, {"Content-Type": SINGLE}, key)


def webhook_id(subscription: str, events: Sequence[Announced]) -> str:
    """The same for the same events of a subscription, whenever and by whatever process they are sent."""
    lines = [subscription, *(f"{one.number}.{one.position} {one.id}" for one in events)]
    return "msg_" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def parts_of(events: Sequence[Announced], *, is_batch: bool) -> Iterator[Sequence[Announced]]:
    """The events in their order, as requests carry them."""
    part: list[Announced] = []
    size = 0
    for event in events:
        if part and (not is_batch or size + len(event.body) >= MAX_REQUEST_BYTES):
            yield part
            part, size = [], 0
        part.append(event)
        size += len(event.body) + 1
    if part:
        yield part
