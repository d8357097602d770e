"""When to try again: pure arithmetic over a ladder of waits."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

STANDARD_LADDER = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 3600, 21600))


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The waits between tries, shortest first, and the age at which an event is given up.

    A wait is always one of `rungs`: a broker keeps one queue per rung, because a per-message time-out blocks
    the messages behind it.
    """

    rungs: tuple[timedelta, ...] = STANDARD_LADDER
    attempts: int = len(STANDARD_LADDER) + 1
    limit: timedelta = timedelta(hours=24)

    def wait_after(self, attempt: int, *, requested: timedelta | None = None) -> timedelta | None:
        """The wait after try number `attempt` (from 1), or None when there is to be no further try.

        Past the last rung the last one repeats. When the other side asked for a wait, it is the first rung that
        is at least as long, so that we never come back early; None if no rung is.
        """
        if attempt >= self.attempts or self.total_wait(attempt) > self.limit:
            return None
        rung = self.rungs[min(attempt, len(self.rungs)) - 1]
        if requested is None or requested <= rung:
            return rung
        return next((longer for longer in self.rungs if longer >= requested), None)

    def total_wait(self, attempt: int) -> timedelta:
        """How long an event has waited in all when the wait after `attempt` is over, following the ladder."""
        waits = [self.rungs[min(n, len(self.rungs)) - 1] for n in range(1, attempt + 1)]
        return list(accumulate(waits))[-1] if waits else timedelta(0)
