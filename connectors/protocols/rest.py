"""A rest for a system that failed: for a while it is not asked, so that it delays no answer."""

import threading
from collections.abc import Callable

from lienthong import Transient


class Resting(Transient):
    """The system is not asked, because it failed a moment ago."""


class Rest:
    """A system rests for `seconds` after each failure; `elapsed` measures them. Threads share it."""

    def __init__(self, seconds: float, elapsed: Callable[[], float]) -> None:
        self._seconds = seconds
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._until: float | None = None
        self._why = ""

    def begin(self, failure: Transient) -> None:
        """Rest from now on; not when the failure is that it rests."""
        if isinstance(failure, Resting):
            return
        with self._lock:
            self._until, self._why = self._elapsed() + self._seconds, failure.why

    def check(self) -> None:
        """Raises `Resting` while it rests. When the rest is over, one question is asked, and the others rest on."""
        with self._lock:
            if self._until is None:
                return
            if (now := self._elapsed()) < self._until:
                raise Resting(self._why)
            self._until = now + self._seconds

    def end(self) -> None:
        """It answered."""
        with self._lock:
            self._until = None
