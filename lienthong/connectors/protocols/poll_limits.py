"""How much one poll may read, so that a system which pages for ever is not read for ever."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from lienthong.errors import Transient
from lienthong.messages import message


@dataclass(frozen=True, slots=True)
class PollLimits:
    """Pages, records and time of one poll. What is beyond them is read by the next poll."""

    pages: int = 10_000
    records: int = 1_000_000
    time: timedelta = timedelta(minutes=30)


class PollBudget:
    """What is left of the limits of a poll that has just begun. `elapsed` gives seconds."""

    def __init__(self, limits: PollLimits, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._pages = limits.pages
        self._records = limits.records
        self._seconds = limits.time.total_seconds()
        self._elapsed = elapsed
        self._began = elapsed()

    def spend(self, records: int) -> bool:
        """Count a page. False when it was the last one that this poll may read."""
        self._pages -= 1
        self._records -= records
        return self._pages > 0 and self._records > 0 and self._elapsed() - self._began <= self._seconds


def unfinished(system: str) -> Transient:
    """The poll ends at a limit, and its cursor lets the next one read on."""
    return Transient(
        message("{system} has more pages than one poll may read; the next poll reads on from there", system=system)
    )
