"""How often a client may call: a bucket of tokens for each client, filled at an even rate."""

import re
import threading
from dataclasses import dataclass

from lienthong.errors import WrongUse
from lienthong.messages import message

RATE_TEXT = r"([1-9][0-9]{0,6})/(s|m|h)"
"""How a rate is written, as a pattern."""

_WRITTEN = re.compile(RATE_TEXT)
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Rate:
    """`calls` in `seconds`. Written `50/s`, `600/m`, `1000/h`."""

    calls: int
    seconds: int

    def __str__(self) -> str:
        units = {seconds: unit for unit, seconds in _SECONDS.items()}
        return f"{self.calls}/{units.get(self.seconds, f'{self.seconds}s')}"

    @property
    def per_second(self) -> float:
        return self.calls / self.seconds


DEFAULT_RATE = Rate(50, 1)
"""What a client may do where nothing is named: ten counters with five officers each, pressing once a second."""


MOST_BUCKETS = 10_000
"""Buckets of one process: many more than there are clients, and some megabytes."""


def parse_rate(text: str) -> Rate:
    """Raises `WrongUse` for a text that is no rate."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise WrongUse(
            message(
                "{text} is not a rate; write for example `50/s`, `600/m` or `1000/h`: calls in a second, a minute, an "
                "hour.",
                text=repr(text),
            )
        )
    return Rate(int(found[1]), _SECONDS[found[2]])


class RateLimiter:
    """The buckets of one process. A bucket holds as many calls as the rate names, so that a burst of them passes.

    Several processes that serve have a bucket each: behind them the rate is that many times as high. Buckets that are
    full again are forgotten once there are `MOST_BUCKETS`, so that callers from ever new addresses fill no memory.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}
        self._full_at: dict[str, float] = {}

    def take(self, client: str, rate: Rate, now: float) -> float:
        """Take one call. Returns 0, or the seconds until the next one is allowed; `now` is in seconds, ever rising."""
        with self._lock:
            if len(self._buckets) >= MOST_BUCKETS and client not in self._buckets:
                self._forget(now)
            left, since = self._buckets.get(client, (float(rate.calls), now))
            left = min(float(rate.calls), left + (now - since) * rate.per_second)
            if left < 1:
                self._buckets[client] = (left, now)
                return (1 - left) / rate.per_second
            self._buckets[client] = (left - 1, now)
            self._full_at[client] = now + (rate.calls - left + 1) / rate.per_second
            return 0.0

    def _forget(self, now: float) -> None:
        """Forget the buckets that are full again; where none is, the one that has been filled for longest."""
        full = [client for client, at in self._full_at.items() if at <= now]
        for client in full or [min(self._full_at, key=self._full_at.__getitem__)]:
            del self._buckets[client], self._full_at[client]
