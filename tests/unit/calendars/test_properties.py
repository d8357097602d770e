"""What holds for every calendar, moment and duration."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lienthong.calendars.calendar import Calendar, extend
from lienthong.calendars.parts import DayRule, WeekHours
from tests.unit.calendars.offices import CENTRE, PLAIN, SATURDAYS

OFFICES = (PLAIN, extend(SATURDAYS, PLAIN), extend(CENTRE, PLAIN))
"""Made once: a calendar remembers its years."""

CALENDARS = st.sampled_from(OFFICES)
MOMENTS = st.integers(0, 4 * 365 * 86_400_000_000).map(
    lambda ticks: datetime(2023, 6, 1, tzinfo=UTC) + timedelta(microseconds=ticks)
)
DURATIONS = st.integers(1, 100 * 8 * 3_600_000_000).map(lambda ticks: timedelta(microseconds=ticks))
DAYS = st.dates(date(2023, 6, 1), date(2027, 6, 1))
NUMBERS = st.integers(1, 60)


@given(CALENDARS, MOMENTS, DURATIONS)
def test_adding_and_then_measuring_gives_back(calendar: Calendar, start: datetime, duration: timedelta) -> None:
    end = calendar.add(start, duration)
    assert end > start
    assert calendar.between(start, end) == duration
    assert calendar.between(start, end - timedelta(microseconds=1)) < duration


@given(CALENDARS, MOMENTS, DURATIONS)
def test_going_back_and_then_measuring_gives_back(calendar: Calendar, end: datetime, duration: timedelta) -> None:
    start = calendar.add(end, -duration)
    assert start < end
    assert calendar.between(start, end) == duration
    assert calendar.between(start + timedelta(microseconds=1), end) < duration


@given(CALENDARS, MOMENTS, MOMENTS, DURATIONS)
def test_a_later_start_is_never_over_earlier(
    calendar: Calendar, first: datetime, second: datetime, duration: timedelta
) -> None:
    first, second = sorted((first, second))
    assert calendar.add(first, duration) <= calendar.add(second, duration)
    assert calendar.between(first, second) == -calendar.between(second, first) >= timedelta(0)


@given(CALENDARS, MOMENTS, DURATIONS, DURATIONS)
def test_durations_add_up(calendar: Calendar, start: datetime, one: timedelta, other: timedelta) -> None:
    assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)


@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_times_between_add_up(calendar: Calendar, one: datetime, two: datetime, three: datetime) -> None:
    assert calendar.between(one, two) + calendar.between(two, three) == calendar.between(one, three)


@given(CALENDARS, MOMENTS)
def test_the_next_and_the_previous_moment_have_no_work_between(calendar: Calendar, moment: datetime) -> None:
    following, before = calendar.next_moment(moment), calendar.previous_moment(moment)
    assert before <= moment <= following
    assert calendar.is_working(following)
    assert calendar.between(before, following) == timedelta(0)


@given(CALENDARS, DAYS, NUMBERS)
def test_adding_days_and_then_counting_gives_back(calendar: Calendar, day: date, number: int) -> None:
    later = calendar.add_days(day, number)
    assert calendar.is_working_day(later)
    assert calendar.working_days(day, later) == number
    assert calendar.working_days(later, day) == -number
    assert calendar.add_days(calendar.add_days(day, 0), number) >= later
    assert calendar.working_days(calendar.add_days(day, -number), day) == number - (not calendar.is_working_day(day))


@given(MOMENTS, MOMENTS)
def test_an_office_that_extends_another_by_saturdays_works_no_less(one: datetime, other: datetime) -> None:
    first, last = sorted((one, other))
    assert OFFICES[1].between(first, last) >= OFFICES[0].between(first, last)


@given(DAYS)
def test_what_a_calendar_does_not_state_is_as_in_the_one_it_extends(day: date) -> None:
    assert extend(Calendar("child"), PLAIN).day(day) == PLAIN.day(day)
    assert extend(Calendar("grandchild"), extend(Calendar("child"), OFFICES[1])).day(day) == OFFICES[1].day(day)


@given(DAYS, st.booleans())
def test_the_own_rule_of_a_day_wins(day: date, works: bool) -> None:
    child = extend(Calendar("child", rules={day: DayRule("riêng", works=works)}), PLAIN)
    assert child.day(day).works is works
    assert child.day(day + timedelta(days=1)) == PLAIN.day(day + timedelta(days=1))


@given(DAYS, DAYS)
def test_hours_hold_from_their_date_on(since: date, day: date) -> None:
    child = extend(Calendar("child", layers=((WeekHours({day.weekday(): ((0, 3600),)}, since=since),),)), PLAIN)
    expected = ((0, 3600),) if day >= since else PLAIN.hours(day, day.weekday())
    assert child.hours(day, day.weekday()) == expected
