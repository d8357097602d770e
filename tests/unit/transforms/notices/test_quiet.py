"""Quiet hours: nothing in them, also over midnight, and the first moment after them is found."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.envelope import LOCAL_ZONE
from transforms.notices.quiet import Quiet, local_day, next_day, read_quiet

MOMENTS = st.integers(0, 5 * 365 * 86_400).map(
    lambda seconds: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
TIMES = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(minutes // 60, minutes % 60))
HOURS = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Quiet(*pair))


def is_quiet(quiet: Quiet, moment: datetime) -> bool:
    """The same, found by going through the minutes of the night one by one."""
    at, minute = moment.astimezone(LOCAL_ZONE).replace(second=0, microsecond=0), timedelta(minutes=1)
    for _ in range(24 * 60):
        if at.time() == quiet.ends:
            return False
        if at.time() == quiet.begins:
            return True
        at -= minute
    raise AssertionError


@given(HOURS, MOMENTS)
def test_it_opens_at_the_first_moment_that_is_not_quiet(quiet: Quiet, moment: datetime) -> None:
    opens = quiet.opens(moment)
    assert not is_quiet(quiet, opens)
    if is_quiet(quiet, moment):
        assert moment < opens <= moment + timedelta(days=1)
        assert is_quiet(quiet, opens - timedelta(seconds=1)), "it could have opened earlier"
    else:
        assert opens == moment


@given(HOURS, MOMENTS)
def test_it_closes_at_the_last_moment_before_the_next_quiet_one(quiet: Quiet, moment: datetime) -> None:
    begin = quiet.opens(moment)
    closes = quiet.closes(begin)
    assert begin < closes <= begin + timedelta(days=1)
    assert is_quiet(quiet, closes) and not is_quiet(quiet, closes - timedelta(seconds=1))


@given(HOURS, MOMENTS)
def test_the_next_day_begins_when_its_quiet_hours_are_over(quiet: Quiet, moment: datetime) -> None:
    begin = next_day(moment, quiet)
    assert local_day(begin) > local_day(moment) and not is_quiet(quiet, begin)


def test_the_night_of_a_channel() -> None:
    quiet = read_quiet("21:00-07:00")
    local = datetime(2026, 11, 28, 21, 0, tzinfo=LOCAL_ZONE)
    assert quiet.opens(local) == datetime(2026, 11, 29, 7, 0, tzinfo=LOCAL_ZONE)
    assert quiet.opens(local - timedelta(seconds=1)) == local - timedelta(seconds=1)
    assert quiet.opens(datetime(2026, 11, 29, 6, 59, tzinfo=LOCAL_ZONE)) == datetime(2026, 11, 29, 7, tzinfo=LOCAL_ZONE)


@pytest.mark.parametrize("text", ["", "21:00", "21:00-21:00", "24:00-07:00", "9:00-10:00", "21:00 - 07:00"])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_quiet(text)
