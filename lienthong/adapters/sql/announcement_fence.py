"""Up to which number announcements can be read without missing one that is committed later."""

import threading
import time
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Engine, text

from lienthong.adapters.sql.database import open_reader

LOOK_SECONDS = 0.01

_LAST = {
    "postgresql": text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ledger_announcements_number_seq"),
    "sqlite": text("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'ledger_announcements'"),
}
_DRAW = text("SELECT pg_current_xact_id()::text::bigint")
_OLDEST = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


class _Fence(NamedTuple):
    """All transactions that may have a number up to `last` have an id below `transaction`."""

    last: int
    transaction: int


class AnnouncementFence:
    """Why this is sound stands in ADR 39. Any number of threads may use one.

    On SQLite, where one transaction writes at a time, numbers are in the order of commits, and every number that can be
    seen is settled.
    """

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._settled = -1
        self._fence: _Fence | None = None

    def settled(self, within: timedelta = timedelta()) -> int:
        """See `Announcements.settled`."""
        end = time.monotonic() + within.total_seconds()
        while (settled := self._look()) < 0 and time.monotonic() < end:
            time.sleep(LOOK_SECONDS)
        return max(settled, 0)

    def _look(self) -> int:
        """The number; -1 when it was never known yet."""
        with self._lock, open_reader(self._database) as connection:
            last = connection.scalar(_LAST[connection.dialect.name]) or 0
            if connection.dialect.name == "sqlite":
                self._settled = max(self._settled, last)
            elif self._fence is not None or last > self._settled:
                if self._fence is None:
                    # The snapshot's xmax would not do: it is no higher than what has ended, and others may be open.
                    self._fence = _Fence(last, connection.scalar(_DRAW) or 0)
                if (connection.scalar(_OLDEST) or 0) >= self._fence.transaction:
                    self._settled, self._fence = self._fence.last, None
            return self._settled
