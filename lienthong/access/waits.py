"""How long the next log-in has to wait after failed ones: longer each time, by login and by address."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_FAILURES = 4
"""Failures in a row that cost no wait: people mistype."""

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=15)

FORGOTTEN_AFTER = timedelta(hours=24)
"""After this time without a failure they no longer count."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Failures in a row, and when the last one was (UTC)."""

    count: int
    last_at: datetime

    def wait_until(self, now: datetime) -> datetime | None:
        """Until when no further try is looked at; None when one is."""
        if self.count <= FREE_FAILURES or now >= self.last_at + FORGOTTEN_AFTER:
            return None
        doublings = min(self.count - FREE_FAILURES - 1, 20)
        until = self.last_at + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
        return until if now < until else None
