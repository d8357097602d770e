"""When to try again: arithmetic over a ladder of waits, without a clock."""

from dataclasses import dataclass
from datetime import timedelta

STANDARD_LADDER = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 21600))
"""The waits between attempts when the configuration names none: 5 s, 30 s, 2 min, 10 min, 1 h, 6 h."""

STANDARD_LIMIT = timedelta(hours=24)
"""The total wait after which there is no further attempt, when the configuration names none."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often an event is tried at a stage, and how long it waits in between.

    - `rungs`: the waits, shortest first. A wait is always one of them: a broker keeps one delay queue for each rung,
      because a time-out of a single message would hold up the messages behind it.
    - `attempts`: the number of attempts after which the event is dead.
    - `limit`: the total wait after which there is no further attempt.
    """

    rungs: tuple[timedelta, ...] = STANDARD_LADDER
    attempts: int = len(STANDARD_LADDER) + 1
    limit: timedelta = STANDARD_LIMIT

    def wait_after(self, attempt: int, *, requested: timedelta | None = None) -> timedelta | None:
        """The wait after attempt number `attempt` (from 1), or None when there is no further attempt.

        After the last rung it is the last rung again. When the outside system requested a wait, it is the first rung
        that is at least as long, so that we never come back early; None when no rung is long enough.
        """
        if attempt >= self.attempts or self.total_wait(attempt) > self.limit:
            return None
        rung = self._rung(attempt)
        if requested is None or requested <= rung:
            return rung
        return next((longer for longer in self.rungs if longer >= requested), None)

    def total_wait(self, attempt: int) -> timedelta:
        """The sum of the waits after the attempts 1 to `attempt`, when no other wait is requested."""
        return sum((self._rung(number) for number in range(1, attempt + 1)), timedelta(0))

    def _rung(self, attempt: int) -> timedelta:
        return self.rungs[min(attempt, len(self.rungs)) - 1]
