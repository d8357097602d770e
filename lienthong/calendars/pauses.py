"""Working time that stands still now and then: what has passed, when it is over, when it is at risk. No clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lienthong.calendars.calendar import Calendar
from lienthong.calendars.counting import Deadline

AT_RISK_SHARE = 0.75
LAST_HOUR = timedelta(hours=1)
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Pause:
    """No time passes from `since` on and before `until`, for example while a citizen's answer is awaited.

    Without `until` it has not ended. Pauses may come in any order and overlap.
    """

    since: datetime
    until: datetime | None = None


def elapsed(calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
    """The working time from `start` to `end` without the pauses; no time when `end` is earlier."""
    total = _NO_TIME
    for since, until in _stretches(start, pauses):
        last = end if until is None else min(until, end)
        if since < last:
            total += calendar.between(since, last)
    return total


def due_with_pauses(
    calendar: Calendar, start: datetime, working_time: timedelta, pauses: Sequence[Pause] = ()
) -> Deadline | None:
    """When so much working time, more than none, has passed beside the pauses; None while a pause without end stops it.

    It is the earliest such moment: a pause that begins exactly then does not move it.
    """
    left = working_time
    for since, until in _stretches(start, pauses):
        worked = None if until is None else calendar.between(since, until)
        if worked is None or worked >= left:
            at = calendar.add(since, left)
            return Deadline(at, calendar.unannounced(start, at))
        left -= worked
    return None


def at_risk_at(
    calendar: Calendar, start: datetime, due: datetime, *, share: float = AT_RISK_SHARE, last: timedelta = LAST_HOUR
) -> datetime:
    """When a deadline is at risk: `share` of its working time is over, or its `last` working time begins, the earlier.

    For a time without pauses; one with pauses is judged by its `elapsed`. It is never before `start`.
    """
    total = calendar.between(start, due)
    if total <= _NO_TIME:
        return start.astimezone(UTC)
    over = timedelta(microseconds=int(total / timedelta(microseconds=1) * share))
    return max(start, min(calendar.add(start, over), calendar.add(due, -last))).astimezone(UTC)


def _stretches(start: datetime, pauses: Sequence[Pause]) -> Iterator[tuple[datetime, datetime | None]]:
    """The stretches beside the pauses from `start` on, in order. The last one has no end, unless a pause has none."""
    at = start
    for pause in sorted(pauses, key=lambda one: one.since):
        if pause.since > at:
            yield at, pause.since
        if pause.until is None:
            return
        at = max(at, pause.until)
    yield at, None
