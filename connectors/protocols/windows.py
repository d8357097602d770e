"""Windows of time for systems that cannot list changes: how a long time is cut, and how far the cursor may go.

The cursor `{"through": instant}` states that everything dated before `through` was read at that instant or later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lienthong import Cursor, parse_utc


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open period [start, end)."""

    start: datetime
    end: datetime

    def before(self, latest: datetime) -> "Window | None":
        """The part before `latest`, or None when there is none."""
        return Window(self.start, min(self.end, latest)) if self.start < latest else None

    def halves(self) -> "tuple[Window, Window]":
        """The two halves, cut at a whole millisecond, the unit in which windows are asked for."""
        half = (self.end - self.start) / 2
        middle = self.start + half - timedelta(microseconds=(self.start + half).microsecond % 1000)
        return Window(self.start, middle), Window(middle, self.end)


def split(start: datetime, end: datetime, length: timedelta) -> Iterator[Window]:
    """Yield [start, end) as adjoining windows of at most `length`, oldest first."""
    while start < end:
        stop = min(start + length, end)
        yield Window(start, stop)
        start = stop


def advance(cursor: Cursor, end: datetime, now: datetime) -> Cursor:
    """The cursor once everything before `end` was read at `now`, so that a failure does not undo a long first poll.

    It never goes back and never beyond `now`, because objects dated later may still appear.
    """
    through = cursor.get("through")
    if end > now or (through and parse_utc(through) >= end):
        return cursor
    return {"through": end.astimezone(UTC).isoformat()}
