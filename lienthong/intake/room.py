"""How much may wait for the queues. Pushes are received while the broker is down, but not without end."""

import time
from collections.abc import Callable
from datetime import timedelta

from lienthong.errors import Transient
from lienthong.messages import format_number, message
from lienthong.ports import Ledger
from lienthong.settings import InboxSettings

LOOK_SECONDS = 1.0
"""How long a count of what is not published yet is relied on."""

NO_ROOM_WAIT = timedelta(seconds=30)
"""When to push again what there was no room for."""


class Room:
    """The room of one inbox."""

    def __init__(
        self, settings: InboxSettings, ledger: Ledger, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._monotonic = monotonic
        self._looked_at = -LOOK_SECONDS
        self._waiting = 0

    def require(self) -> None:
        """Raise `Transient` while too many events are not published yet."""
        now = self._monotonic()
        if now - self._looked_at >= LOOK_SECONDS:
            self._waiting = self._ledger.unpublished_count(self._settings.source)
            self._looked_at = now
        if self._waiting >= self._settings.room:
            why = message("{count} events wait to be published", count=format_number(self._waiting))
            raise Transient(why, after=NO_ROOM_WAIT, outage=False)

    def fill(self, new: int) -> None:
        """Note that there are new events."""
        self._waiting += new
