"""When something is due: rules in local time (Asia/Ho_Chi_Minh). No I/O, no clock.

Each rule has `after(moment)`: its due moments that are later than `moment`, in order, without end, as local times.
"""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol

from cronsim import CronSim, CronSimError

from lienthong.calendars.calendar import Calendar
from lienthong.envelope import LOCAL_ZONE

FIELDS_OF_CRON = 5
"""Minute, hour, day, month, day of the week. A sixth one, of seconds, is not taken."""


class Rule(Protocol):
    """A rule of a calendar."""

    def after(self, moment: datetime) -> Iterator[datetime]: ...


@dataclass(frozen=True, slots=True)
class Daily:
    """Each day at a time of day."""

    at: time

    def after(self, moment: datetime) -> Iterator[datetime]:
        day = _local(moment).date()
        while True:
            yield from _later(moment, day, self.at)
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Weekly:
    """Each week on a day; 0 is Monday."""

    day: int
    at: time

    def after(self, moment: datetime) -> Iterator[datetime]:
        day = _local(moment).date()
        day += timedelta(days=(self.day - day.weekday()) % 7)
        while True:
            yield from _later(moment, day, self.at)
            day += timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Monthly:
    """Each month on a day. A day beyond the end of the month is its last day."""

    day: int
    at: time

    def after(self, moment: datetime) -> Iterator[datetime]:
        for days in _months(moment):
            yield from _later(moment, days[min(self.day, len(days)) - 1], self.at)


WEEK = Calendar("")
"""Monday to Friday, without days off: what counts in a project without calendars."""


@dataclass(frozen=True, slots=True)
class MonthlyWorkingDay:
    """Each month on its first (1), second (2), ... or last (-1), last but one (-2), ... working day.

    - A number beyond the working days of a month is the last of them, or the first. A month without any is left out.
    - `calendar`: the name of the calendar; "" for the default one. `days` is that calendar: see `with_days`.
    """

    number: int
    at: time
    calendar: str = ""
    days: Calendar = WEEK

    def with_days(self, days: Calendar) -> "MonthlyWorkingDay":
        """The same rule with its calendar."""
        return replace(self, days=days)

    def knows(self, moment: datetime) -> bool:
        """Whether a document states the days off of the year of `moment`. Without a calendar none is missed."""
        return self.days is WEEK or _local(moment).year in self.days.announced

    def after(self, moment: datetime) -> Iterator[datetime]:
        for days in _months(moment):
            if working := [day for day in days if self.days.day(day).works]:
                index = self.number - 1 if self.number > 0 else len(working) + self.number
                yield from _later(moment, working[max(0, min(index, len(working) - 1))], self.at)


@dataclass(frozen=True, slots=True)
class Cron:
    """The five fields of cron, in local time. See `parse_cron`."""

    expression: str

    def after(self, moment: datetime) -> Iterator[datetime]:
        yield from CronSim(self.expression, _local(moment))


def parse_cron(text: str) -> Cron:
    """The rule that `text` writes. Raises ValueError for what is none, or is never due."""
    if len(text.split()) != FIELDS_OF_CRON:
        raise ValueError("not five fields")
    try:
        next(CronSim(text, datetime(2000, 1, 1, tzinfo=LOCAL_ZONE)))
    except CronSimError as error:
        raise ValueError(str(error)) from None
    except StopIteration:
        raise ValueError("never due") from None
    return Cron(text)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(LOCAL_ZONE)


def _later(moment: datetime, day: date, at: time) -> Iterator[datetime]:
    """That time of that day, if it is later than `moment`."""
    due = datetime.combine(day, at, LOCAL_ZONE)
    if due > moment:
        yield due


def _months(moment: datetime) -> Iterator[Sequence[date]]:
    """The days of each month from the one of `moment` on."""
    first = _local(moment).date().replace(day=1)
    while True:
        length = calendar.monthrange(first.year, first.month)[1]
        yield [first + timedelta(days=number) for number in range(length)]
        first += timedelta(days=length)
