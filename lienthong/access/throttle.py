"""Slows down those who guess passwords: after some failures each further one makes a login or an address wait longer.

Kept in one process; several that serve count by themselves. Nothing is refused for longer than `LONGEST`, so that
one person cannot lock another out for good.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

FREE = 3
"""Failures that cost nothing: slips of the finger."""

FIRST, LONGEST = 2.0, 300.0
"""Seconds to wait after the first failure that costs, doubled by each further one; and the most of them."""

FORGOTTEN = 3600.0
"""Seconds without a failure after which nothing is known of it any more."""

MOST_KEPT = 10_000


@dataclass(slots=True)
class _Failures:
    count: int
    last: float


class Throttle:
    """The failures of one process. Times are seconds, ever rising. Any number of threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, _Failures] = {}

    def wait(self, keys: Sequence[str], now: float) -> float:
        """Seconds until one of these keys may try again; 0 when all may now."""
        with self._lock:
            return max((self._wait(key, now) for key in keys), default=0.0)

    def fail(self, keys: Sequence[str], now: float) -> None:
        """Count a failure of each key."""
        with self._lock:
            for key in keys:
                kept = self._kept.pop(key, None)
                count = kept.count + 1 if kept is not None and now - kept.last < FORGOTTEN else 1
                if len(self._kept) >= MOST_KEPT:
                    del self._kept[next(iter(self._kept))]  # the one that failed last the longest ago
                self._kept[key] = _Failures(count, now)

    def succeed(self, key: str) -> None:
        """Forget the failures of a key."""
        with self._lock:
            self._kept.pop(key, None)

    def _wait(self, key: str, now: float) -> float:
        kept = self._kept.get(key)
        if kept is None or kept.count <= FREE:
            return 0.0
        pause = min(LONGEST, FIRST * 2.0 ** min(kept.count - FREE - 1, 20))
        return max(0.0, kept.last + pause - now)
