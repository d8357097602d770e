"""How fast a replay goes. Time is a port: a test moves the clock instead of waiting."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from lienthong.ports import Clock

Pause = Callable[[timedelta], None]
"""Let so much time pass."""

_RATE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(?:/(s|m|h))?")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def parse_rate(text: str) -> float:
    """`50/s`, `30/m`, `10/h`, or a bare number a second, as letters a second. Raises ValueError for anything else."""
    found = _RATE.fullmatch(text.strip())
    rate = float(found[1]) / _SECONDS[found[2] or "s"] if found else 0.0
    if rate <= 0:
        raise ValueError(text)
    return rate


class RateLimiter:
    """No more than `rate` letters a second over the whole replay, and at most one second's worth at once."""

    def __init__(self, rate: float | None, clock: Clock, pause: Pause) -> None:
        self._rate = rate
        self._clock = clock
        self._pause = pause
        self._began: datetime | None = None
        self._sent = 0

    def max_batch(self, size: int) -> int:
        """How many of `size` may go at once."""
        return size if self._rate is None else max(1, min(size, int(self._rate)))

    def wait_to_send(self, size: int) -> None:
        """Return when `size` more may go."""
        now = self._clock.now()
        if self._began is None:
            self._began = now
        if self._rate is not None:
            due = self._began + timedelta(seconds=self._sent / self._rate)
            if due > now:
                self._pause(due - now)
        self._sent += size
