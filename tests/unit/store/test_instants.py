"""Instants of the data store: one width in UTC, so that text order is time order."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.instants import format_instant, parse_instant, parse_optional

INSTANTS = st.datetimes(datetime(1000, 1, 2), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds of a strategy have no zone
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(INSTANTS, OFFSETS)
def test_an_instant_with_any_offset_is_read_back_as_the_same_instant(moment: datetime, offset: timezone) -> None:
    for form in (moment, moment.astimezone(offset), moment.astimezone(offset).isoformat()):
        text = format_instant(form)
        assert parse_instant(text) == moment
        assert format_instant(text) == text


@given(INSTANTS, INSTANTS)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    assert (format_instant(one) < format_instant(other)) == (one < other)


def test_whole_seconds_are_written_with_microseconds() -> None:
    assert format_instant("2023-11-01T00:00:00Z") == "2023-11-01T00:00:00.000000Z"


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        format_instant("2023-11-01T00:00:00")


def test_null_has_no_instant() -> None:
    assert parse_optional(None) is None
