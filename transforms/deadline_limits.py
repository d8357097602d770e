"""How long a deadline runs: the due moment by a rule, and the moment from which it is at risk. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lienthong import Calendar, Counting, Pause, due_in_working_days, due_with_pauses, elapsed
from transforms.deadline_facts import Fact, end_of_day, moment_of
from transforms.deadline_rules import Rule
from transforms.moments import local_date

_NO_TIME = timedelta(0)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """A due moment (None: a pause stops the clock), the working time up to it, and from when it is counted."""

    since: datetime
    due_at: datetime | None
    allowed: timedelta
    unannounced: tuple[int, ...] = ()


def limit_of(
    rule: Rule,
    start: Fact,
    pauses: Sequence[Pause],
    *,
    calendar: Calendar,
    stated: str | None,
    base_due: datetime | None = None,
) -> Limit | None:
    """The limit that a rule gives from a fact on; None where there is none.

    `stated` is what the subject states (`Rule.stated`), `base_due` when the rule is due that it is to be done before.

    - A pause moves the due moment by the working time that stood still; a day that is due moves to a whole day.
    - What is to be done before another deadline has no limit where that one leaves no day for it.
    """
    if rule.working_hours is not None:
        return _in_hours(rule, timedelta(hours=rule.working_hours), moment_of(start), pauses, calendar)
    if rule.before is not None:
        return _before(rule.before.working_days, moment_of(start), base_due, pauses=pauses, calendar=calendar)
    if rule.working_days is not None:
        counting = Counting(
            ends="closing" if rule.office_closes else "midnight", late=timedelta(minutes=rule.late_minutes)
        )
        due = due_in_working_days(calendar, moment_of(start), rule.working_days, counting)
        return _moved(rule, moment_of(start), due.at, pauses, calendar, whole_days=True)
    if stated is None:
        return None
    is_day = len(stated) == len("2026-11-30")
    at = _end(rule, date.fromisoformat(stated), calendar) if is_day else datetime.fromisoformat(stated)
    return _moved(rule, moment_of(start), at, pauses, calendar, whole_days=is_day)


def risk_of(rule: Rule, limit: Limit, pauses: Sequence[Pause], *, calendar: Calendar) -> datetime | None:
    """When a share of the working time is over, or its last minutes begin, the earlier; None while a pause stops it."""
    moments = []
    for share in (limit.allowed * rule.warn_at_share, limit.allowed - timedelta(minutes=rule.warn_last_minutes)):
        if share <= _NO_TIME:
            return limit.since
        at = due_with_pauses(calendar, limit.since, share, pauses)
        if at is not None:
            moments.append(at.at)
    return min(moments, default=None)


def _in_hours(rule: Rule, hours: timedelta, start: datetime, pauses: Sequence[Pause], calendar: Calendar) -> Limit:
    since = _counted_from(calendar, start, timedelta(minutes=rule.late_minutes))
    due = due_with_pauses(calendar, since, hours, pauses)
    return Limit(since, None, hours) if due is None else Limit(since, due.at, hours, due.unannounced)


def _counted_from(calendar: Calendar, start: datetime, late: timedelta) -> datetime:
    """The start, or the next opening when it falls into the last minutes of a day."""
    day = local_date(start)
    if late and calendar.is_working_day(day) and calendar.closes_at(day) - late <= start < calendar.closes_at(day):
        return calendar.opens_at(calendar.add_days(day, 1))
    return start


def _before(
    days: int, start: datetime, base_due: datetime | None, *, pauses: Sequence[Pause], calendar: Calendar
) -> Limit | None:
    if base_due is None:
        return Limit(start, None, _NO_TIME)
    due = calendar.closes_at(calendar.add_days(local_date(base_due - _INSTANT), -days))
    if due <= start:
        return None
    return Limit(start, due, elapsed(calendar, start, due, pauses), calendar.unannounced(start, due))


def _moved(
    rule: Rule, start: datetime, due: datetime, pauses: Sequence[Pause], calendar: Calendar, *, whole_days: bool
) -> Limit:
    """The limit up to `due`, moved by what the pauses before it took."""
    allowed = calendar.between(start, due)
    if allowed <= _NO_TIME:
        return Limit(start, due, _NO_TIME, calendar.unannounced(start, due - _INSTANT))
    moved = due_with_pauses(calendar, start, allowed, pauses) if pauses else None
    if pauses and moved is None:
        return Limit(start, None, allowed)
    if moved is not None and moved != due_with_pauses(calendar, start, allowed):
        due = _end(rule, local_date(moved.at - _INSTANT), calendar) if whole_days else moved.at
    return Limit(start, due, allowed, calendar.unannounced(start, due - _INSTANT))


def _end(rule: Rule, day: date, calendar: Calendar) -> datetime:
    return calendar.closes_at(day) if rule.office_closes and calendar.is_working_day(day) else end_of_day(day)
