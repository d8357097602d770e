"""5,000 dossiers whose cause of lateness is planted in counted working minutes, and clocks that disagree."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from lienthong import LOCAL_ZONE
from tests.examples import examples
from tests.unit.calendars.offices import minutes_of
from tests.unit.transforms.deadline_days import local, province
from transforms.lateness import Clocks, Lateness, Moments, judge

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


TOLERANCE = timedelta(minutes=5)


def skewed(moments: Moments, portal: timedelta, one_stop: timedelta) -> Lateness:
    """The verdict when the clocks of both systems are wrong by so much, with the tolerance of either."""
    shown = Moments(moments.submitted + portal, moments.arrived + one_stop, moments.accepted + one_stop, moments.shown)
    return judge(shown, province()[1].of("H08.12"), clocks=Clocks(local=TOLERANCE, portal=TOLERANCE))


def test_no_clock_within_its_tolerance_turns_a_planted_verdict(open_minutes: list[datetime]) -> None:
    """Either clock is wrong by up to its tolerance. What is in time, or within the tolerance of it, is never late."""
    numbers = random.Random(20_260_107)
    causes: Counter[str] = Counter()
    for _ in range(examples(CASES)):
        cause, way_in, office, way_back = planted(numbers)
        is_near = {
            "on_time": False,
            "office": office <= 490,
            "inbound": way_in + office <= 500,
            "outbound": way_in + office > 480,
        }[cause]
        if is_near or (cause != "on_time" and way_in + office + way_back <= 490):
            continue  # there the clocks alone decide, or nothing is planted
        start = numbers.randrange(0, len(open_minutes) - 7_000)
        points = (start, start + way_in, start + way_in + office, start + way_in + office + way_back)
        true = Moments(*(open_minutes[place] for place in points))
        wrong = [numbers.randrange(-300, 301) * timedelta(seconds=1) for _ in range(2)]
        found = skewed(true, *wrong).verdict
        assert found == cause, (true, wrong)
        causes[cause] += 1
    assert len(causes) == 4 and min(causes.values()) > examples(CASES) / 10


@pytest.mark.parametrize("seconds", [-300, -60, 0, 60, 300])
def test_at_the_limit_a_skew_of_minutes_turns_nothing(seconds: int) -> None:
    """Submitted at 09:00 and shown at 09:00 of the next working day: 480 minutes; the office had it from 20:00 on."""
    moments = Moments(*map(local, ("2026-11-19 09:00", "2026-11-19 09:01", "2026-11-19 16:00", "2026-11-20 09:00")))
    wrong = timedelta(seconds=seconds)
    assert skewed(moments, wrong, timedelta(0)).verdict == "on_time"
    by_night = Moments(*map(local, ("2026-11-18 16:00", "2026-11-18 20:00", "2026-11-20 07:00", "2026-11-20 17:00")))
    assert skewed(by_night, timedelta(0), wrong).verdict == "inbound"
    exact = judge(by_night, province()[1].of("H08.12"))
    assert (exact.office_minutes, exact.verdict) == (480, "inbound")


def test_a_stretch_of_the_office_alone_needs_no_margin_within_office_hours() -> None:
    """Both its moments are of one clock, which is wrong by the same time for both."""
    moments = Moments(*map(local, ("2026-11-18 08:30", "2026-11-18 09:00", "2026-11-19 09:01", "2026-11-19 10:00")))
    for minute in range(-5, 6):
        found = skewed(moments, timedelta(0), minute * MINUTE)
        assert (found.office_minutes, found.verdict) == (481, "office")


def test_the_shortest_stretch_is_found_wherever_the_office_opens_and_closes() -> None:
    """Compared with every second that the clock may be wrong by."""
    calendar = province()[1].of("H08.12")
    numbers = random.Random(7)
    for _ in range(examples(60)):
        first = local("2026-11-18 16:57") + numbers.randrange(0, 6 * 60) * timedelta(seconds=1)
        last = local("2026-11-20 06:57") + numbers.randrange(0, 6 * 60) * timedelta(seconds=1)
        last = numbers.choice([last, last.replace(hour=4, minute=numbers.randrange(27, 33))])
        tolerance = numbers.randrange(1, 240)
        shortest = min(
            calendar.between(first + one, last + one) // MINUTE
            for one in (shift * timedelta(seconds=1) for shift in range(-tolerance, tolerance + 1))
        )
        moments = Moments(first - timedelta(days=30), first, last, last + timedelta(days=30))
        clocks = Clocks(local=tolerance * timedelta(seconds=1))
        for allowed in (shortest - 1, shortest, shortest + 1):
            found = judge(moments, calendar, allowed * MINUTE, clocks).verdict
            assert (found == "office") == (shortest > allowed)
