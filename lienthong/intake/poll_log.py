"""What is known of the polls of one source: kept while they run, and read by the thread that reports it."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from lienthong.errors import Transient
from lienthong.ports import Clock
from lienthong.ports.status import SourceStatus, Trouble

log = structlog.get_logger(__name__)


class PollLog:
    """The polls of a source since this process began; the totals of `status` count from then on.

    `status` is replaced as a whole, so any thread may read it. An outage is logged when it begins, when its reason
    changes and when it ends, not at each poll.
    """

    def __init__(self, source: str, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self.status = SourceStatus(source=source)

    def begin(self) -> None:
        """A poll begins."""
        now = self._clock.now()
        first = self.status.first_at or now
        self.status = replace(self.status, running_since=now, progress_at=now, first_at=first, shown=0, new=0)

    def count(self, *, shown: int, new: int) -> None:
        """A page was read and recorded."""
        now, was = self._clock.now(), self.status
        self.status = replace(
            was,
            progress_at=now,
            new_at=now if new else was.new_at,
            shown=was.shown + shown,
            new=was.new + new,
            shown_total=was.shown_total + shown,
            new_total=was.new_total + new,
        )

    def touch(self) -> None:
        """The poll goes on, but has to wait for room in the queues."""
        self.status = replace(self.status, progress_at=self._clock.now())

    def succeed(self) -> None:
        """The poll ended well."""
        now, was = self._clock.now(), self.status
        if was.trouble and was.trouble_since is not None:
            log.warning(
                "source answers again",
                source=was.source,
                was=was.trouble,
                after=f"{now - was.trouble_since}",
                failed_polls=self._failures,
                lost="nothing: the next poll reads on where the last page was recorded",
            )
        self._failures = 0
        self.status = replace(self._ended(now), success_at=now, trouble="", why="", trouble_since=None)

    def fail(self, error: Transient, *, undeclared: bool = False) -> None:
        """The poll ended with an error; `undeclared`: one that the source does not declare."""
        now, was = self._clock.now(), self.status
        trouble: Trouble = "failing" if undeclared else "refused" if error.refused else "down"
        if (trouble, error.why) != (was.trouble, was.why):
            log.warning("source does not answer", source=was.source, state=trouble, why=error.why)
        self._failures += 1
        since = was.trouble_since or now
        self.status = replace(self._ended(now), trouble=trouble, why=error.why, trouble_since=since)

    def schedule(self, pause: timedelta) -> None:
        """The next poll begins after `pause`."""
        self.status = replace(self.status, next_at=self._clock.now() + pause)

    def _ended(self, now: datetime) -> SourceStatus:
        return replace(self.status, began_at=self.status.running_since, ended_at=now, running_since=None)
