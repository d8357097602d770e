"""Windows of time: where a poll begins, how it is split, how far the cursor moves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.protocols.windows import Window, advance, split
from tests.fake_systems import NOON, days

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
SPANS = st.timedeltas(timedelta(milliseconds=1), days(40))


@given(MOMENTS, st.timedeltas(days(-5), days(200)), SPANS)
def test_the_windows_of_a_poll_adjoin_and_cover_all_of_it_once(
    start: datetime, span: timedelta, length: timedelta
) -> None:
    windows = list(split(start, start + span, max(length, span / 1000)))
    edges = [start, *(window.end for window in windows)]
    assert [window.start for window in windows] == edges[:-1]
    assert edges[-1] == max(start, start + span)
    assert all(timedelta(0) < window.end - window.start <= max(length, span / 1000) for window in windows)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_an_advanced_cursor_never_moves_back_nor_beyond_now(through: datetime, end: datetime, now: datetime) -> None:
    further = datetime.fromisoformat(str(advance({"through": through.isoformat()}, end, now)["through"]))
    assert further == (max(through, end) if end <= now else through)


@given(MOMENTS, st.timedeltas(timedelta(seconds=1), days(40)))
def test_the_halves_of_a_window_are_shorter_and_adjoin(start: datetime, length: timedelta) -> None:
    window = Window(start, start + length)
    first, second = window.halves()
    assert (first.start, first.end, second.end) == (window.start, second.start, window.end)
    assert first.start < first.end < second.end
    assert first.end.microsecond % 1000 == 0


@pytest.mark.parametrize(("latest", "end"), [(NOON, NOON), (NOON + days(9), NOON + days(1))])
def test_a_window_ends_at_the_latest_moment(latest: datetime, end: datetime) -> None:
    assert Window(NOON - days(1), NOON + days(1)).before(latest) == Window(NOON - days(1), end)


def test_a_window_that_begins_at_the_latest_moment_has_no_part_before_it() -> None:
    assert Window(NOON, NOON + days(1)).before(NOON) is None
