"""Deadlines: how time is counted from a moment on. Every option names the rule that it comes from."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from lienthong.calendars.calendar import Calendar
from lienthong.envelope import LOCAL_ZONE

End = Literal["midnight", "closing"]
_NO_TIME = timedelta(0)
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When time is over (UTC), and the years on the way whose days off no document states yet.

    With such years it is what the law gives today: it is reckoned again when their days are announced.
    """

    at: datetime
    unannounced: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Counting:
    """How days are counted. The defaults are those of the Civil Code (Bộ luật Dân sự 2015).

    - `first_day_counts`: Article 147(2): the first day does not count, the next one is the first that does.
    - `ends`: Article 148(1) and (6): at the end of the last day, which is 24:00. `closing`: when the office closes, for
      rules that state office time.
    - `day_off_moves`: Article 148(5): a last day that is a weekly day off or a holiday moves to the next working day.
    - `late`: what comes within this time before the office closes counts as received on the next working day, as some
      interlinked procedures rule for the last hour. Not at all by the Civil Code.
    - `source`: the document and article, for those who ask why.
    """

    first_day_counts: bool = False
    ends: End = "midnight"
    day_off_moves: bool = True
    late: timedelta = _NO_TIME
    source: str = "Bộ luật Dân sự 2015, Điều 147 khoản 2, Điều 148 khoản 1, 5 và 6"


CIVIL_CODE = Counting()


def due_in_time(calendar: Calendar, start: datetime, working_time: timedelta) -> Deadline:
    """After so much working time. It runs from the moment itself (Article 147(1)), while the office is open."""
    return _deadline(calendar, start, calendar.add(start, working_time))


def due_in_working_days(calendar: Calendar, start: datetime, number: int, counting: Counting = CIVIL_CODE) -> Deadline:
    """After `number` working days, at least one. A day counts if any hour of it is worked."""
    first = _counted_from(calendar, start, counting)
    if counting.first_day_counts and calendar.is_working_day(first):
        number -= 1
    last = calendar.add_days(first, number) if number else first
    return _deadline(calendar, start, _end(calendar, last, counting))


def due_in_days(calendar: Calendar, start: datetime, number: int, counting: Counting = CIVIL_CODE) -> Deadline:
    """After `number` days, at least one, each of which counts, be it worked or not."""
    first = _counted_from(calendar, start, counting)
    last = first + timedelta(days=number - 1 if counting.first_day_counts else number)
    if counting.day_off_moves:
        last = calendar.add_days(last, 0)
    return _deadline(calendar, start, _end(calendar, last, counting))


def _counted_from(calendar: Calendar, start: datetime, counting: Counting) -> date:
    """The local day on which what came at `start` counts as received."""
    day = start.astimezone(LOCAL_ZONE).date()
    if not counting.late:
        return day
    if calendar.is_working_day(day) and start < calendar.closes_at(day) - counting.late:
        return day
    return calendar.add_days(day, 1)


def _end(calendar: Calendar, day: date, counting: Counting) -> datetime:
    if counting.ends == "closing" and calendar.is_working_day(day):
        return calendar.closes_at(day)
    return datetime.combine(day + _DAY, time(), LOCAL_ZONE).astimezone(UTC)


def _deadline(calendar: Calendar, start: datetime, at: datetime) -> Deadline:
    return Deadline(at, calendar.unannounced(start, at - _INSTANT))  # the midnight after a year is not in the next one
