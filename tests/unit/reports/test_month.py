"""The month of a report: its bounds in UTC, and what it refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.errors import Rejected
from reports.month import Month
from transforms.moments import local_date

MONTHS = st.builds(lambda year, month: Month(date(year, month, 1)), st.integers(1980, 2198), st.integers(1, 12))


def test_november_2023_is_its_local_month_in_utc() -> None:
    month = Month.parse("2023-11")
    assert (month.start, month.end) == (
        datetime(2023, 10, 31, 17, tzinfo=UTC),
        datetime(2023, 11, 30, 17, tzinfo=UTC),
    )
    assert (month.period, str(month)) == ("2023-11", "tháng 11 năm 2023")
    assert month.days() == "từ ngày 01/11/2023 đến hết ngày 30/11/2023"


@given(MONTHS)
def test_months_follow_each_other_without_a_gap(month: Month) -> None:
    assert month.end == Month(month.next).start
    assert local_date(month.start) == month.first
    assert Month.parse(month.period) == month


@given(MONTHS)
def test_a_month_contains_its_first_instant_and_not_the_one_after_its_last(month: Month) -> None:
    before = timedelta(microseconds=1)
    moments = (month.start - before, month.start, month.end - before, month.end)
    assert [month.contains(moment) for moment in moments] == [False, True, True, False]


@pytest.mark.parametrize(
    "period", ["2023", "2023-13", "2023-00", "0023-11", "11/2023", "2023-11-01", "２０２３-11", ""]
)
def test_a_period_that_is_no_month_is_refused(period: str) -> None:
    with pytest.raises(Rejected, match="2023-11") as refused:
        Month.parse(period)
    assert refused.value.field == "period"
