"""Clocks: the machine's, and one that is set by hand while a recording is played."""

import threading
from datetime import UTC, datetime


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ReplayClock:
    """A clock that stands still until it is set. It may also be set back: recordings need not be played in order."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def move_to(self, moment: datetime) -> None:
        with self._lock:
            self._now = moment.astimezone(UTC)
