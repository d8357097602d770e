"""5,000 dossiers whose cause of lateness is planted in counted working minutes, and clocks that disagree."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from lienthong import LOCAL_ZONE
from tests.examples import examples
from tests.unit.calendars.offices import minutes_of
from tests.unit.transforms.deadline_days import local, province
from transforms.lateness import Moments, judge

CASES = 5_000
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def open_minutes() -> list[datetime]:
    """Every open minute of the province's offices from 2024 to 2026, in UTC."""
    first = date(2024, 1, 1)
    days = (first + timedelta(days=number) for number in range(1096))
    return [
        datetime(day.year, day.month, day.day, tzinfo=LOCAL_ZONE).astimezone(UTC) + minute * MINUTE
        for day in days
        for begin, end in minutes_of(day, "plain")
        for minute in range(begin, end)
    ]


def planted(numbers: random.Random) -> tuple[str, int, int, int]:
    """A cause, and working minutes of the way in, of the office and of the way back that make it."""
    cause = numbers.choice(["on_time", "office", "inbound", "outbound"])
    if cause == "office":
        return cause, numbers.randrange(0, 900), numbers.randrange(481, 2000), numbers.randrange(0, 900)
    office = numbers.randrange(0, 481)
    if cause == "inbound":
        return cause, numbers.randrange(481 - office, 2000), office, numbers.randrange(0, 900)
    way_in = numbers.randrange(0, 481 - office)
    left = 481 - office - way_in
    return cause, way_in, office, numbers.randrange(left, 2000) if cause == "outbound" else numbers.randrange(0, left)


def test_every_planted_cause_is_found_with_its_minutes(open_minutes: list[datetime]) -> None:
    calendar = province()[1].of("H08.12")
    numbers = random.Random(20_240_108)
    causes: Counter[str] = Counter()
    for _ in range(examples(CASES)):
        cause, way_in, office, way_back = planted(numbers)
        start = numbers.randrange(0, len(open_minutes) - 7_000)
        points = (start, start + way_in, start + way_in + office, start + way_in + office + way_back)
        found = judge(Moments(*(open_minutes[place] for place in points)), calendar)
        minutes = (found.inbound_minutes, found.office_minutes, found.outbound_minutes)
        assert (found.verdict, *minutes) == (cause, way_in, office, way_back)
        causes[cause] += 1
    assert len(causes) == 4 and min(causes.values()) > examples(CASES) / 8


def test_time_outside_office_hours_makes_no_dossier_late() -> None:
    calendar = province()[1].of("H08.12")
    moments = Moments(*map(local, ("2026-11-20 16:59", "2026-11-20 22:00", "2026-11-23 07:01", "2026-11-23 16:59")))
    found = judge(moments, calendar)
    assert (found.verdict, found.inbound_minutes, found.office_minutes, found.outbound_minutes) == (
        "on_time",
        1,
        1,
        478,
    )


def test_a_clock_that_is_ahead_takes_nothing_from_the_other_side() -> None:
    calendar = province()[1].of("H08.12")
    arrived_early = Moments(
        *map(local, ("2026-11-23 09:00", "2026-11-23 08:57", "2026-11-23 10:00", "2026-11-23 11:00"))
    )
    found = judge(arrived_early, calendar)
    assert (found.verdict, found.inbound_minutes, found.office_minutes) == ("on_time", 0, 63)
