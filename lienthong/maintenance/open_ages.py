"""How long open events have been open, also where the machine's clock was ahead when they were recorded."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from lienthong.ledger.records import OpenItem

_Key = tuple[str, str, int]


class OpenAges:
    """Judges one look at the open events after the other.

    A moment after now was written while a clock was ahead. It may be an hour away, or years, so it counts from when it
    was first looked at.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._before: dict[_Key, float] = {}
        self._now: dict[_Key, float] = {}

    def begin_look(self) -> None:
        """Forget what was not seen in the last look."""
        self._before, self._now = self._now, {}

    def is_older(self, item: OpenItem, patience: timedelta, now: datetime) -> bool:
        """Whether nothing was recorded of an event at its stage for longer than `patience`."""
        if item.since is None:
            return False
        if item.since <= now:
            return item.since < now - patience
        key = (item.raw.id, item.stage, item.next_turn)
        first = self._now[key] = self._before.get(key, self._seconds())
        return self._seconds() - first > patience.total_seconds()
