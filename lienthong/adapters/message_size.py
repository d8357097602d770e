"""Bundles cut to the size of message that a broker takes."""

import re
from collections.abc import Iterable, Iterator, Sequence

from lienthong.envelope import Bundle
from lienthong.errors import EventsTooLarge

Bodies = dict[int, bytes]
"""Serialized bodies by the identity of the envelopes: those that several queues share are serialized once."""

_REFUSAL = re.compile(r"message size (\d+) is larger than .*max.* size (\d+)")


def cut_to_size(
    bundles: Iterable[Bundle], bodies: Bodies, *, limit: int, target: int | None = None
) -> Sequence[tuple[Bundle, bytes]]:
    """The bundles and their bodies, none larger than `limit` bytes. A bundle larger than `target` is halved, too.

    Raises `EventsTooLarge` with every single event above `limit`; then nothing may be published.
    """
    cut_at = limit if target is None else min(target, limit)
    large_events: dict[str, int] = {}
    parts = [part for bundle in bundles for part in _cut(bundle, bodies, cut_at, large_events)]
    refused = {event_id: size for event_id, size in large_events.items() if size > limit}
    if refused:
        raise EventsTooLarge(refused, limit)
    return parts


def _cut(bundle: Bundle, bodies: Bodies, cut_at: int, large_events: dict[str, int]) -> Iterator[tuple[Bundle, bytes]]:
    body = bodies.get(id(bundle.envelopes))
    if body is None:
        body = bodies[id(bundle.envelopes)] = bundle.body()
    if len(body) > cut_at and len(bundle.envelopes) > 1:
        for part in bundle.split(len(bundle.envelopes) // 2):
            yield from _cut(part, {}, cut_at, large_events)
        return
    if len(body) > cut_at:
        large_events[bundle.envelopes[0].id] = len(body)
    yield bundle, body


def parse_refusal(text: str) -> int | None:
    """The largest message the broker takes, when `text` is its refusal of one that is larger; else None."""
    found = _REFUSAL.search(text)
    return int(found[2]) if found else None
