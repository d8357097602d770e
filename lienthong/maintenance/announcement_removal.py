"""Removes announcements by age, one process at a time."""

import time
from datetime import timedelta

import structlog

from lienthong.ports import Clock, Ledger
from lienthong.subscriptions.ports import Announcements

EVERY_SECONDS = 600.0
"""Between two runs of one process."""

log = structlog.get_logger(__name__)


class AnnouncementRemoval:
    """`keep`: how long announcements are kept that no subscription waits for."""

    def __init__(self, announcements: Announcements, *, ledger: Ledger, clock: Clock, keep: timedelta) -> None:
        self._announcements = announcements
        self._ledger = ledger
        self._clock = clock
        self._keep = keep
        self._due = time.monotonic()

    def run_when_due(self) -> None:
        """Run once in `EVERY_SECONDS`. Raises `Transient`."""
        if time.monotonic() >= self._due:
            self.run()
            self._due = time.monotonic() + EVERY_SECONDS

    def run(self) -> int:
        """Remove what is too old; returns how many announcements. Raises `Transient`."""
        removed = dropped = 0
        with self._ledger.lease("announcements") as ours:
            while ours:
                with self._ledger.transaction() as transaction:
                    page, lost = self._announcements.remove(self._clock.now(), self._keep, transaction)
                removed, dropped = removed + page, dropped + lost
                if not page:
                    break
        if dropped:
            log.error("subscriptions lost events that were too old", events=dropped)
        return removed
