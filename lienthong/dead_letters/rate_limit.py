"""The rate of a replay. It waits by a function that a test replaces with one that moves the clock."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from lienthong.ports import Clock

Pause = Callable[[timedelta], None]
"""Wait for this time."""

_RATE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(?:/(s|m|h))?")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def parse_rate(text: str) -> float:
    """Letters per second, of `50/s`, `30/m`, `10/h` or a number alone. Raises ValueError for anything else."""
    match = _RATE.fullmatch(text.strip())
    rate = float(match[1]) / _SECONDS[match[2] or "s"] if match else 0.0
    if rate <= 0:
        raise ValueError(text)
    return rate


class RateLimiter:
    """Allows `rate` letters per second over the whole replay, and the letters of one second at once. None: no limit."""

    def __init__(self, rate: float | None, clock: Clock, pause: Pause) -> None:
        self._rate = rate
        self._clock = clock
        self._pause = pause
        self._began: datetime | None = None
        self._sent = 0

    def max_batch(self, size: int) -> int:
        """The number of letters, of `size`, that may be sent at once; at least 1."""
        return size if self._rate is None else max(1, min(size, int(self._rate)))

    def wait_to_send(self, size: int) -> None:
        """Return when `size` more letters may be sent, and count them."""
        now = self._clock.now()
        if self._began is None:
            self._began = now
        if self._rate is not None:
            due = self._began + timedelta(seconds=self._sent / self._rate)
            if due > now:
                self._pause(due - now)
        self._sent += size
