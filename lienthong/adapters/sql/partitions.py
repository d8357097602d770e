"""PostgreSQL's partitions of entries and bodies: one a month, created by the first process that writes in the month."""

import threading
from collections.abc import Iterable

from sqlalchemy import Engine, text

MONTHS_AHEAD = 2
"""Partitions created beyond the month that is needed."""


class Partitions:
    """Remembers which months have their partitions. On SQLite there are no partitions, and nothing is done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._existing: set[str] = set()
        self._lock = threading.Lock()

    def ensure(self, days: Iterable[str]) -> None:
        """Create the partitions that events received on the local `days` (yyyy-mm-dd) need.

        This has a transaction of its own, so that a partition outlives a rollback, and no other writer waits for it.
        """
        missing = {day[:7] for day in days} - self._existing
        if not missing or self._engine.dialect.name != "postgresql":
            return
        with self._lock, self._engine.begin() as connection:
            for needed in sorted(missing):
                for month in _with_months_ahead(needed):
                    connection.execute(text("SELECT lienthong_month(:month)"), {"month": month})
        self._existing |= missing


def _with_months_ahead(month: str) -> list[str]:
    """The month (yyyy-mm) and the `MONTHS_AHEAD` that follow it."""
    first = int(month[:4]) * 12 + int(month[5:]) - 1
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, first + MONTHS_AHEAD + 1)]
