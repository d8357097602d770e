"""The protections of a stage: a circuit breaker for a target that is down, a halt when every event dies."""

import time
from collections.abc import Callable, Sequence

from lienthong.errors import LienthongError
from lienthong.ledger.records import Verdict
from lienthong.messages import message_n

TRIP_AFTER = 3
"""The number of bundles in a row, without one event delivered, after which the breaker opens."""

PROBE_PAUSES = (1.0, 5.0, 15.0, 60.0)
"""Seconds before each probe; the last one repeats. They are short, so that no broker gives unacked bundles up."""


class CircuitBreaker:
    """Stops a stage from trying event after event while its target is down.

    After `TRIP_AFTER` failures in a row the breaker opens: the stage stops consuming and, after a pause, probes the
    target with one event. While it is open no event spends an attempt, because the outage is not the fault of the
    events. One event that is delivered closes it.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._failures = 0
        self._probe_at = 0.0
        self._opened_at = 0.0
        self.why = ""

    @property
    def is_open(self) -> bool:
        """Whether the target is considered down. Then the next event is a probe."""
        return self._failures >= TRIP_AFTER

    def pause(self) -> float:
        """Seconds until the stage may consume again; 0 when it may."""
        return max(0.0, self._probe_at - self._monotonic()) if self.is_open else 0.0

    def open_for(self) -> float | None:
        """Seconds since the target is considered down; None when it is not."""
        return self._monotonic() - self._opened_at if self.is_open else None

    def record_failure(self, why: str = "") -> None:
        """Count a bundle of which nothing was delivered. `why` is what the target answered."""
        was_open = self.is_open
        self._failures += 1
        self.why = why
        if self.is_open:
            if not was_open:
                self._opened_at = self._monotonic()
            probes = self._failures - TRIP_AFTER
            self._probe_at = self._monotonic() + PROBE_PAUSES[min(probes, len(PROBE_PAUSES) - 1)]

    def record_success(self) -> None:
        """Close the breaker: something was delivered."""
        self._failures = 0
        self.why = ""


class Halted(LienthongError):  # noqa: N818 - the state of a stage
    """A stage stopped because all its events became dead letters."""

    def __init__(self, why: str, *, stage: str = "") -> None:
        super().__init__(why)
        self.stage = stage


class HaltGuard:
    """Counts dead letters in a row, and halts the stage at `limit`. None never halts it.

    More work would only make more dead letters.
    """

    def __init__(self, stage: str, limit: int | None) -> None:
        self._stage = stage
        self._limit = limit
        self._in_a_row = 0

    def reset(self) -> None:
        """Begin to count anew: an operator resumes the stage."""
        self._in_a_row = 0

    def check(self, verdicts: Sequence[Verdict]) -> None:
        """Count the verdicts on a bundle, in their order. Raises `Halted` when the limit is reached."""
        for verdict in verdicts:
            self._in_a_row = self._in_a_row + 1 if verdict == "dead" else 0
            if self._limit is not None and self._in_a_row >= self._limit:
                raise Halted(
                    message_n(
                        "The stage {stage} stopped after {count} dead letter in a row. "
                        "See `lienthong dead groups`, remove the cause, then `lienthong resume {stage}`.",
                        "The stage {stage} stopped after {count} dead letters in a row. "
                        "See `lienthong dead groups`, remove the cause, then `lienthong resume {stage}`.",
                        count=self._limit,
                        stage=self._stage,
                    ),
                    stage=self._stage,
                )
