"""Working time against a reckoning of its own: every minute of five years, counted one by one."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random

import pytest

from lienthong.calendars.calendar import Calendar, extend
from lienthong.envelope import LOCAL_ZONE
from tests.unit.calendars.offices import CENTRE, FIRST, LAST, PLAIN, SATURDAYS, minutes_of, open_minutes

PAIRS = 20_000
BEGIN = datetime(2023, 1, 1, tzinfo=LOCAL_ZONE)
SATURDAY_OFFICE = extend(SATURDAYS, PLAIN)
OFFICES = {"plain": PLAIN, "saturdays": SATURDAY_OFFICE, "centre": extend(CENTRE, SATURDAY_OFFICE)}
TURNS = ["2023-01-20", "2023-04-29", "2024-02-08", "2024-04-27", "2024-05-04", "2025-01-25", "2025-04-26", "2025-07-01",
         "2025-09-01", "2026-01-02", "2026-01-10", "2026-02-14", "2026-04-26", "2026-08-22", "2026-08-31", "2026-11-24",
         "2027-02-04", "2027-05-03"]  # fmt: skip
"""Days around which half of the moments lie: Tết, Giỗ Tổ, 30/4 and 1/5, 2/9, 24/11, swapped Saturdays, the closing."""


@dataclass
class Minutes:
    """`worked[n]`: minutes worked before minute n."""

    calendar: Calendar
    open: bytearray
    worked: list[int]
    working_days: list[date]

    def seconds(self, second: int) -> int:
        """Seconds worked before a second."""
        minute, rest = divmod(second, 60)
        return self.worked[minute] * 60 + (rest if minute < len(self.open) and self.open[minute] else 0)

    def reached(self, wanted: int) -> int:
        """The earliest second at which so many were worked."""
        minute = bisect_left(self.worked, -(-wanted // 60)) - 1
        return minute * 60 + wanted - self.worked[minute] * 60


@pytest.fixture(scope="module", params=list(OFFICES))
def office(request: pytest.FixtureRequest) -> Minutes:
    minutes = open_minutes(request.param)
    days = (FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))
    working = [day for day in days if minutes_of(day, request.param)]
    return Minutes(OFFICES[request.param], minutes, list(accumulate(minutes, initial=0)), working)


def at(second: int) -> datetime:
    return BEGIN.astimezone(UTC) + timedelta(seconds=second)


def moments(random: Random, length: int) -> Iterator[int]:
    """Seconds since the beginning: everywhere, around the turns, and on openings and closings exactly."""
    turns = [int((datetime.fromisoformat(turn).replace(tzinfo=LOCAL_ZONE) - BEGIN).total_seconds()) for turn in TURNS]
    while True:
        yield random.randrange(length)
        yield random.choice(turns) + random.randrange(-3 * 86400, 4 * 86400)
        yield random.choice(turns) // 86400 * 86400 + random.choice([0, 25200, 41400, 48600, 61200, 61199, 86399])


def test_the_time_between_two_moments(office: Minutes) -> None:
    random = Random(1)
    source = moments(random, len(office.open) * 60)
    for _ in range(PAIRS // 3 + 1):
        first, last = next(source), next(source)
        expected = office.seconds(last) - office.seconds(first)
        assert office.calendar.between(at(first), at(last)) == timedelta(seconds=expected), (at(first), at(last))


def test_a_moment_plus_working_time(office: Minutes) -> None:
    random = Random(2)
    source = moments(random, len(office.open) * 60)
    last = office.worked[-1] * 60
    starts = (start for start in source if office.seconds(start) + 300 * 28800 < last)
    for _ in range(PAIRS // 3 + 1):
        start = next(starts)
        duration = random.choice([1, 60, 3600, 8 * 3600, 15 * 8 * 3600, random.randrange(1, 200 * 28800)])
        expected = office.reached(office.seconds(start) + duration)
        assert office.calendar.add(at(start), timedelta(seconds=duration)) == at(expected), (at(start), duration)


def test_working_moments(office: Minutes) -> None:
    source = moments(Random(3), (len(office.open) - 30 * 1440) * 60)
    for _ in range(2_000):
        second = next(source)
        minute = second // 60
        is_open = bool(office.open[minute])
        assert office.calendar.is_working(at(second)) is is_open
        opens = second if is_open else office.open.index(1, minute) * 60
        assert office.calendar.next_moment(at(second)) == at(opens)
        worked = office.seconds(second)
        if worked:
            closed = second if is_open and second % 60 else office.reached(worked)
            assert office.calendar.previous_moment(at(second)) == at(closed), at(second)


def test_days(office: Minutes) -> None:
    random = Random(4)
    days = office.working_days
    for _ in range(4_000):
        first = FIRST + timedelta(days=random.randrange(60, (LAST - FIRST).days - 60))
        last = FIRST + timedelta(days=random.randrange((LAST - FIRST).days))
        expected = bisect_right(days, last) - bisect_right(days, first)
        assert office.calendar.working_days(first, last) == expected
        number = random.randrange(1, 40)
        assert office.calendar.add_days(first, number) == days[bisect_right(days, first) + number - 1]
        assert office.calendar.add_days(first, -number) == days[bisect_left(days, first) - number]
        assert office.calendar.add_days(first, 0) == days[bisect_left(days, first)]
        assert office.calendar.is_working_day(first) is (first in days)
