"""The partitions of PostgreSQL: one a month for entries and bodies, made ahead by whoever first writes in a month."""

import threading
from collections.abc import Iterable

from sqlalchemy import Engine, text

AHEAD = 2
"""Months made beyond the one that is asked for."""


class Partitions:
    """Remembers which months are there. Nothing to do on SQLite."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._there: set[str] = set()
        self._lock = threading.Lock()

    def make_room(self, days: Iterable[str]) -> None:
        """See to it that events received on `days` (yyyy-mm-dd) can be written.

        In a transaction of its own: a partition outlives a rollback, and no writer waits for the one who makes it.
        """
        missing = {day[:7] for day in days} - self._there
        if not missing or self._engine.dialect.name != "postgresql":
            return
        with self._lock, self._engine.begin() as connection:
            for month in sorted(missing):
                for wanted in _from(month):
                    connection.execute(text("SELECT lienthong_month(:month)"), {"month": wanted})
        self._there |= missing


def _from(month: str) -> list[str]:
    """The month (yyyy-mm) and those made ahead of their time."""
    first = int(month[:4]) * 12 + int(month[5:]) - 1
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, first + AHEAD + 1)]
