"""Working time, minute by minute and day by day, without the product's calendars: a list of days off and two halves."""

from datetime import date, datetime, time, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
HALVES = ((time(7), time(11, 30)), (time(13, 30), time(17)))


def _days(first: str, count: int) -> set[date]:
    return {date.fromisoformat(first) + timedelta(days=number) for number in range(count)}


DAYS_OFF = (
    {date(2023, 1, 1), date(2023, 1, 2)}
    | _days("2023-01-20", 7)
    | {date(2023, 4, 29), date(2023, 4, 30), date(2023, 5, 1), date(2023, 5, 2), date(2023, 5, 3)}
    | _days("2023-09-01", 4)
    | {date(2024, 1, 1)}
    | _days("2024-02-08", 7)
    | {date(2024, 4, 18), date(2024, 4, 29), date(2024, 4, 30), date(2024, 5, 1), date(2024, 9, 2), date(2024, 9, 3)}
    | {date(2025, 1, 1)}
    | _days("2025-01-27", 5)
    | {date(2025, 4, 7), date(2025, 4, 30), date(2025, 5, 1), date(2025, 5, 2), date(2025, 9, 1), date(2025, 9, 2)}
)
SATURDAYS_WORKED = {date(2024, 5, 4), date(2025, 4, 26)}


def is_working(day: date) -> bool:
    """Whether offices are open on a day."""
    return day in SATURDAYS_WORKED or (day.weekday() < 5 and day not in DAYS_OFF)


def _open(day: date) -> list[tuple[datetime, datetime]]:
    if not is_working(day):
        return []
    return [(datetime.combine(day, a, VIETNAM), datetime.combine(day, b, VIETNAM)) for a, b in HALVES]


def between(first: datetime, last: datetime) -> timedelta:
    """The working time from `first` to `last`; none when they are in the wrong order."""
    total, day = timedelta(), first.astimezone(VIETNAM).date()
    while day <= last.astimezone(VIETNAM).date():
        for opens, closes in _open(day):
            total += max(timedelta(), min(closes, last) - max(opens, first))
        day += timedelta(days=1)
    return total


def due_after(start: datetime, allowed: timedelta) -> datetime:
    """The earliest moment by which `allowed` working time has passed since `start`."""
    day = start.astimezone(VIETNAM).date()
    while True:
        for opens, closes in _open(day):
            begins = max(opens, start)
            if begins < closes and closes - begins >= allowed:
                return begins + allowed
            allowed -= max(timedelta(), closes - begins)
        day += timedelta(days=1)
