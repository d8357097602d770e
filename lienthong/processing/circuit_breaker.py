"""What protects a stage from itself: a breaker for targets that are down, a halt when everything dies."""

import time
from collections.abc import Callable, Sequence

from lienthong.errors import LienthongError
from lienthong.ledger.records import Verdict

TRIP_AFTER = 3
"""Bundles in a row of which nothing got through."""

PAUSES = (1.0, 5.0, 15.0, 60.0)
"""Seconds between probes; the last one repeats. Short enough that no broker takes what we hold for abandoned."""


class CircuitBreaker:
    """An outage belongs to the target, not to the events that meet it.

    After `TRIP_AFTER` failures in a row the stage stops consuming and, after a pause, probes with one event. While the
    breaker is tripped no event spends an attempt. One event that gets through closes it.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._failures = 0
        self._probe_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the next event is a probe."""
        return self._failures >= TRIP_AFTER

    def pause(self) -> float:
        """Seconds until the stage may consume again; 0 when it may."""
        return max(0.0, self._probe_at - self._monotonic()) if self.is_open else 0.0

    def record_failure(self) -> None:
        """Nothing got through."""
        self._failures += 1
        if self.is_open:
            probes = self._failures - TRIP_AFTER
            self._probe_at = self._monotonic() + PAUSES[min(probes, len(PAUSES) - 1)]

    def record_success(self) -> None:
        """Something got through."""
        self._failures = 0


class Halted(LienthongError):  # noqa: N818 - a state, said in words
    """A stage stopped by itself because everything it did ended in a dead letter."""


class HaltGuard:
    """Counts dead letters in a row: at `limit`, more work would only make more of them. None never halts."""

    def __init__(self, stage: str, limit: int | None) -> None:
        self._stage = stage
        self._limit = limit
        self._in_a_row = 0

    def check(self, verdicts: Sequence[Verdict]) -> None:
        """Take note of what a bundle came to, in order. Raises `Halted` when the limit is reached."""
        for verdict in verdicts:
            self._in_a_row = self._in_a_row + 1 if verdict == "dead" else 0
            if self._limit is not None and self._in_a_row >= self._limit:
                raise Halted(
                    f"Chặng {self._stage} tự dừng sau {self._limit} thư chết liên tiếp. "
                    "Hãy xem `lienthong dead list`, sửa nguyên nhân, rồi chạy lại."
                )
