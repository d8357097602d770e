"""A month of an agency: which days and hours it works, and by which document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from lienthong.calendars.calendar import Calendar
from lienthong.calendars.parts import Day, Span
from lienthong.calendars.unknown_year import UnknownYear
from lienthong.envelope import LOCAL_ZONE
from lienthong.errors import WrongUse
from lienthong.messages import message, reader_language
from lienthong.settings import Settings

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class MonthView:
    """The days of a month (local), in order, by the calendar of an agency."""

    agency: str
    calendar: Calendar
    days: Sequence[Day]

    @property
    def working_days(self) -> int:
        return sum(day.works for day in self.days)

    @property
    def working_time(self) -> timedelta:
        return timedelta(seconds=sum(closes - opens for day in self.days for opens, closes in day.spans))

    @property
    def unannounced(self) -> bool:
        """Whether no notice states the days off of its year."""
        return not self.days[0].announced


def look_at_month(settings: Settings, agency: str, month: str, now: datetime) -> MonthView:
    """The month `2026-08` of an agency, or of a calendar by its name; "" is the month of `now`.

    Names of public holidays are in the reader's language, what a notice states as it is written. Raises `WrongUse`,
    `NoCalendar` and `UnknownYear`.
    """
    if not settings.calendars:
        raise WrongUse(message("This project has no calendar; write one in config/calendars/."))
    first = _first_day(month, now)
    calendar = settings.calendars.get(agency) or settings.working_calendars().of(agency)
    if not calendar.knows(first.year):
        raise UnknownYear(calendar.name, first.year)
    days = []
    day = first
    while day.month == first.month:
        days.append(calendar.day(day, reader_language()))
        day += timedelta(days=1)
    return MonthView(agency, calendar, days)


def _first_day(month: str, now: datetime) -> date:
    if not month:
        return now.astimezone(LOCAL_ZONE).date().replace(day=1)
    given = MONTH.fullmatch(month)
    if given is None or int(given[1]) == 0:
        raise WrongUse(message("`{month}` is no month; write year and month, such as 2026-08.", month=month))
    return date(int(given[1]), int(given[2]), 1)


def month_json(view: MonthView) -> dict[str, Any]:
    """For programs: hours are local times of day, `working_seconds` of the whole month."""
    return {
        "agency": view.agency,
        "calendar": view.calendar.name,
        "extends": list(view.calendar.parents),
        "month": f"{view.days[0].date:%Y-%m}",
        "announced": not view.unannounced,
        "working_days": view.working_days,
        "working_seconds": int(view.working_time.total_seconds()),
        "days": [_day_json(day) for day in view.days],
    }


def _day_json(day: Day) -> dict[str, Any]:
    basis = day.basis
    return {
        "date": day.date.isoformat(),
        "weekday": day.date.isoweekday(),
        "kind": day.kind,
        "hours": [list(times_of(span)) for span in day.spans],
        "name": day.name or None,
        "document": basis.title if basis else None,
        "dated": basis.dated.isoformat() if basis and basis.dated else None,
    }


def times_of(span: Span) -> tuple[str, str]:
    """The local times of day between which an office is open: 07:00 and 11:30."""
    opens, closes = (f"{seconds // 3600:02}:{seconds % 3600 // 60:02}" for seconds in span)
    return opens, closes
