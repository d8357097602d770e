"""A schedule as a source: its cursor is the last due moment, so what the intake does for every source holds for it."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

import structlog

from lienthong.envelope import LOCAL_ZONE, parse_utc
from lienthong.intake.page_batcher import MAX_BATCH_EVENTS
from lienthong.messages import format_number, message
from lienthong.notices import Notices
from lienthong.ports import Clock, Cursor, Page, Record
from lienthong.recurrence import Rule
from lienthong.settings import ScheduleSettings

DUE, SKIPPED = "due", "skipped"
"""Keys of the cursor: the last moment that was recorded or skipped, and what was skipped last."""

_INSTANT_BEFORE = timedelta(microseconds=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_AGES = (timedelta(minutes=15), timedelta(hours=3), timedelta(days=2))
"""Where only the latest moment counts, what is older is gone through only where nothing was due since."""

_OVERDUE = timedelta(seconds=1)
"""How soon a schedule is looked at again that is due, while another process records it."""

log = structlog.get_logger(__name__)


class Schedule:
    """A source with a record for each due moment up to now: `{schedule, due_at}`, `due_at` in local time with offset.

    - The moment is the natural key, and nothing else is in the record. So its id is derived from schedule and moment
      alone, and the ledger keeps one event for them, however often and by however many processes it is read.
    - `begins`: nothing before it is due, whatever `start` states; for a recording, which plays its own time.
    - With `only_latest`, only the last of the moments that are due at a poll becomes an event.
    - Moments longer ago than `catch_up` are skipped: the log, the notices and the cursor name them.
    """

    def __init__(
        self, settings: ScheduleSettings, clock: Clock, notices: Notices, *, begins: datetime | None = None
    ) -> None:
        self._settings = settings
        self.only_latest = settings.only_latest
        self._clock = clock
        self._notices = notices
        self._start = max(settings.start, begins or settings.start)

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        """The due moments since the cursor, in order."""
        now = self._clock.now()
        if self.only_latest:
            yield from self._latest(now, cursor)
            return
        skipped = cursor.get(SKIPPED)
        moments = self._until(now, cursor)
        due = next(moments, None)
        if due is not None and self._is_old(due, now):
            skipped, due = self._skip(due, moments, now)
            yield Page([], _cursor(skipped["last"], skipped))
        records: list[Record] = []
        while due is not None:
            records.append(self._record(due))
            if len(records) == MAX_BATCH_EVENTS:
                yield Page(records, _cursor(due.isoformat(), skipped))
                records = []
            last, due = due, next(moments, None)
        if records:
            yield Page(records, _cursor(last.isoformat(), skipped))

    def _latest(self, now: datetime, cursor: Cursor) -> Iterable[Page]:
        """The last due moment alone. What is long ago is not gone through, unless nothing was due since."""
        known = parse_utc(cursor[DUE]) if DUE in cursor else None
        begin = max(known or _EPOCH, self._start - _INSTANT_BEFORE)
        ages = (age for age in _AGES if now - age > begin)
        due = next(filter(None, (self._last(now - age, now) for age in ages)), None) or self._last(begin, now)
        if due is not None:
            yield Page([self._record(due)], _cursor(due.isoformat(), None))

    def _last(self, after: datetime, now: datetime) -> datetime | None:
        moments = deque(takewhile(lambda due: due <= now, self._settings.rule.after(after)), maxlen=1)
        return moments[0] if moments else None

    def next_due(self, cursor: Cursor) -> datetime | None:
        """The next due moment after the cursor (local time); None when there is none in the calendar."""
        return next(moments_after(self._settings.rule, cursor, self._start), None)

    def _until(self, now: datetime, cursor: Cursor) -> Iterator[datetime]:
        for due in moments_after(self._settings.rule, cursor, self._start):
            if due > now:
                return
            yield due

    def _is_old(self, due: datetime, now: datetime) -> bool:
        return self._settings.catch_up is not None and due < now - self._settings.catch_up

    def _skip(
        self, first: datetime, moments: Iterator[datetime], now: datetime
    ) -> tuple[dict[str, Any], datetime | None]:
        """What is skipped, from `first` on, and the first due moment that is not."""
        count, last = 1, first
        due = next(moments, None)
        while due is not None and self._is_old(due, now):
            count, last = count + 1, due
            due = next(moments, None)
        skip = {"count": count, "first": first.isoformat(), "last": last.isoformat()}
        log.warning("due moments are skipped", schedule=self._settings.name, **skip)
        self._notices.add(message("{schedule}: {skipped}", schedule=self._settings.name, skipped=_skipped_words(skip)))
        return skip, due

    def _record(self, due: datetime) -> Record:
        moment = due.isoformat()
        return Record(self._settings.type, moment, {"schedule": self._settings.name, "due_at": moment})


def moments_after(rule: Rule, cursor: Cursor, start: datetime) -> Iterator[datetime]:
    """The moments of a rule that come after the cursor, and not before `start`."""
    last = cursor.get(DUE)
    first = start - _INSTANT_BEFORE
    return rule.after(max(parse_utc(last), first) if last else first)


def describe_cursor(cursor: Cursor) -> str:
    """How far a schedule has come, for operators."""
    last = message("the moment {moment}", moment=_show(cursor[DUE]))
    if SKIPPED not in cursor:
        return last
    return message("{last}; {skipped}", last=last, skipped=_skipped_words(cursor[SKIPPED]))


def _skipped_words(skip: Any) -> str:
    return message(
        "skipped as older than `catch_up`: {count} from {first} to {last}",
        count=format_number(skip["count"]),
        first=_show(skip["first"]),
        last=_show(skip["last"]),
    )


def _show(moment: str) -> str:
    return f"{parse_utc(moment).astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"


def _cursor(due: str, skipped: Any) -> dict[str, Any]:
    return {DUE: due, SKIPPED: skipped} if skipped else {DUE: due}


def pause_until(due: datetime | None, now: datetime, longest: timedelta) -> timedelta:
    """How long to wait before a schedule is looked at again: until it is due, and no longer than `longest`."""
    if due is None:
        return longest
    wait = due.astimezone(UTC) - now
    return min(longest, wait if wait > timedelta(0) else _OVERDUE)
