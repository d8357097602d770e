"""Bundles that wait in this process's memory until their time has come."""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from lienthong.envelope import Bundle
from lienthong.ports import Clock

LOOK_SHARED = timedelta(milliseconds=50)
"""How often a consumer looks at its queue where another process may publish, which cannot wake it."""

LOOK_IN_MEMORY = timedelta(milliseconds=200)
"""How often it looks where only this process publishes, and wakes it: for bundles whose wait has ended meanwhile."""


def look_interval(url: str) -> timedelta:
    """How often the consumers of a broker look. There is a consumer for each stage, and each look costs."""
    return LOOK_IN_MEMORY if url.startswith("memory:") else LOOK_SHARED


class HeldBack:
    """Not for several threads at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[tuple[datetime, int, Bundle]] = []
        self._order = count()

    def add(self, bundle: Bundle) -> None:
        heapq.heappush(self._waiting, (self._clock.now() + bundle.wait, next(self._order), bundle))

    def next_due(self) -> datetime | None:
        """When the wait of the first of them is over; None when there is none."""
        return self._waiting[0][0] if self._waiting else None

    def take_due(self) -> Iterator[Bundle]:
        """Remove and yield those whose wait is over."""
        while self._waiting:
            now, (due, _, bundle) = self._clock.now(), self._waiting[0]
            if due <= now:
                yield heapq.heappop(self._waiting)[2]
            elif due - now > bundle.wait:
                self._follow(now)
            else:
                return

    def _follow(self, now: datetime) -> None:
        """The clock was set back to `now`. No bundle waits longer for that than its own wait, counted from now."""
        self._waiting = [(min(due, now + bundle.wait), order, bundle) for due, order, bundle in self._waiting]
        heapq.heapify(self._waiting)
