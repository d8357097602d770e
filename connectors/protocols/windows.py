"""Windows of time for systems that cannot list changes: where a poll begins, its windows, how far the cursor may go.

The cursor is `{"through": instant}`: everything dated before `through` was read at that instant or later. The next poll
begins `overlap` earlier, so an object that changes within `overlap` of its date is read again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lienthong import LOCAL_ZONE, Cursor, parse_utc


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open period [start, end)."""

    start: datetime
    end: datetime

    def before(self, latest: datetime) -> "Window | None":
        """The part before `latest`, or None when there is none."""
        return Window(self.start, min(self.end, latest)) if self.start < latest else None


def poll_start(cursor: Cursor, now: datetime, overlap: timedelta, since: datetime | None) -> datetime:
    """Where a poll begins. `since` (local time when it has no zone) applies only while there is no cursor.

    When the clock was set back, the poll begins earlier; a clock never moves the beginning forward.
    """
    if through := cursor.get("through"):
        return min(parse_utc(through), now) - overlap
    if since is None:
        return now - overlap
    return min(since if since.tzinfo else since.replace(tzinfo=LOCAL_ZONE), now).astimezone(UTC)


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


def cursor_at_end(now: datetime) -> Cursor:
    """The cursor after a complete poll at `now`."""
    return {"through": now.astimezone(UTC).isoformat()}
