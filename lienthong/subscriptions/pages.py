"""What comes next for a subscription: a batch of events, and where that ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from lienthong.subscriptions.channel import Announced
from lienthong.subscriptions.model import Place
from lienthong.subscriptions.ports import Announcements
from lienthong.subscriptions.selection import Selection

MAX_BYTES = 4 * 1024 * 1024
"""A batch ends once its events have this size together."""

MAX_FILTERED = 20_000
"""A page ends when so many events were filtered out, so that it is recorded how far the subscription has come."""


@dataclass(frozen=True, slots=True)
class Page:
    """`batch`: the events to deliver. `filtered`: how many others there are up to `end`. `is_last`: nothing follows."""

    batch: Sequence[Announced]
    filtered: int
    end: Place
    is_last: bool


def read_page(
    announcements: Announcements, selection: Selection, types: Sequence[str], *, place: Place, limit: int, upto: int
) -> Page:
    """The next events from `place` on, at most `limit`, of the announcements up to the number `upto`."""
    batch: list[Announced] = []
    filtered = size = 0
    for announcement in announcements.read(place, types, upto=upto):
        first = place.position if announcement.number == place.number else 0
        for position, event in enumerate(selection.select(announcement, first), first):
            if event is None:
                filtered += 1
            else:
                batch.append(event)
                size += len(event.body)
            if len(batch) >= limit or size >= MAX_BYTES or filtered >= MAX_FILTERED:
                is_end = position + 1 == announcement.events
                end = Place(announcement.number + 1) if is_end else Place(announcement.number, position + 1)
                return Page(batch, filtered, end, is_last=False)
    return Page(batch, filtered, max(place, Place(upto + 1)), is_last=True)
