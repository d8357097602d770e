"""When a rule is due, in local time."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.calendars.calendar import Calendar
from lienthong.calendars.parts import DayRule
from lienthong.envelope import LOCAL_ZONE
from lienthong.recurrence import Cron, Daily, Monthly, MonthlyWorkingDay, Rule, Weekly, parse_cron

EIGHT = time(8)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=LOCAL_ZONE)


def calendar(days_off: Iterable[date], worked: Iterable[date] = ()) -> Calendar:
    days = {day: DayRule("off", works=False) for day in days_off}
    return Calendar("office", rules={**days, **{day: DayRule("worked", works=True) for day in worked}})


def due(rule: Rule, count: int = 4, after: datetime = NEW_YEAR) -> list[str]:
    return [f"{moment:%m-%d %H:%M}" for moment in islice(rule.after(after), count)]


def test_each_day() -> None:
    assert due(Daily(EIGHT), 3) == ["01-01 08:00", "01-02 08:00", "01-03 08:00"]


def test_each_week_on_a_day() -> None:
    assert due(Weekly(0, EIGHT), 3) == ["01-05 08:00", "01-12 08:00", "01-19 08:00"]


def test_a_day_beyond_the_end_of_a_month_is_its_last_day() -> None:
    assert due(Monthly(31, EIGHT)) == ["01-31 08:00", "02-28 08:00", "03-31 08:00", "04-30 08:00"]
    assert due(Monthly(25, EIGHT), 2) == ["01-25 08:00", "02-25 08:00"]


def test_the_first_and_the_last_working_day() -> None:
    assert due(MonthlyWorkingDay(1, EIGHT)) == ["01-01 08:00", "02-02 08:00", "03-02 08:00", "04-01 08:00"]
    assert due(MonthlyWorkingDay(-1, EIGHT)) == ["01-30 08:00", "02-27 08:00", "03-31 08:00", "04-30 08:00"]


def test_days_off_are_not_worked_and_days_made_up_are() -> None:
    days = calendar({date(2026, 1, 1), date(2026, 1, 30)}, {date(2026, 1, 31)})
    assert due(MonthlyWorkingDay(1, EIGHT).with_days(days), 1) == ["01-02 08:00"]
    assert due(MonthlyWorkingDay(-1, EIGHT).with_days(days), 1) == ["01-31 08:00"]
    assert due(MonthlyWorkingDay(-2, EIGHT).with_days(days), 1) == ["01-29 08:00"]


def test_a_number_beyond_the_working_days_is_the_nearest_of_them() -> None:
    assert due(MonthlyWorkingDay(31, EIGHT), 1) == ["01-30 08:00"]
    assert due(MonthlyWorkingDay(-31, EIGHT), 1) == ["01-01 08:00"]


def test_a_month_without_a_working_day_is_left_out() -> None:
    february = frozenset(date(2026, 2, 1) + timedelta(days=number) for number in range(28))
    rule = MonthlyWorkingDay(1, EIGHT).with_days(calendar(february))
    assert due(rule, 2) == ["01-01 08:00", "03-02 08:00"]


def test_cron_counts_in_local_time() -> None:
    assert due(Cron("30 7 1 * *"), 2) == ["01-01 07:30", "02-01 07:30"]
    assert due(Cron("0 0 * * *"), 1, datetime(2026, 1, 1, 16, 59, tzinfo=UTC)) == ["01-02 00:00"]


@pytest.mark.parametrize("text", ["", "0 8 * *", "0 0 8 * * *", "60 * * * *", "0 0 30 2 *", "@daily", "a b c d e"])
def test_what_is_no_cron_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_cron(text)


RULES = st.one_of(
    st.builds(Daily, st.just(EIGHT)),
    st.builds(Weekly, st.integers(0, 6), st.just(EIGHT)),
    st.builds(Monthly, st.integers(1, 31), st.just(EIGHT)),
    st.builds(MonthlyWorkingDay, st.integers(1, 31) | st.integers(-31, -1), st.just(EIGHT)),
    st.sampled_from([Cron("*/20 * * * *"), Cron("0 8 29 2 *"), Cron("0 9 * * 1-5")]),
)
MOMENTS = st.integers(0, 90 * 365 * 24 * 60).map(
    lambda minutes: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(RULES, MOMENTS)
def test_moments_are_later_in_order_and_the_same_from_wherever_they_are_counted(rule: Rule, moment: datetime) -> None:
    first, second, third = islice(rule.after(moment), 3)
    assert moment < first < second < third
    assert next(rule.after(first)) == second
    assert next(rule.after(second - timedelta(seconds=1))) == second
    assert all(one.utcoffset() == timedelta(hours=7) for one in (first, second, third))


def test_two_years_of_days_are_complete() -> None:
    days = list(islice(Daily(EIGHT).after(NEW_YEAR), 730))
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))
