"""Windows of time: where a poll begins, how it is split, how far the cursor moves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.protocols.windows import Window, advance, cursor_at_end, poll_start, split
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


@given(MOMENTS, MOMENTS, SPANS)
def test_a_poll_begins_at_least_the_overlap_before_both_cursor_and_now(
    through: datetime, now: datetime, overlap: timedelta
) -> None:
    start = poll_start(cursor_at_end(through), now, overlap, None)
    assert start == min(through, now) - overlap


@given(st.lists(MOMENTS, min_size=1, max_size=6), SPANS)
def test_successive_polls_leave_no_gap(nows: list[datetime], overlap: timedelta) -> None:
    cursor, covered = cursor_at_end(nows[0]), nows[0]
    for now in nows[1:]:
        assert poll_start(cursor, now, overlap, None) <= covered - overlap
        cursor, covered = cursor_at_end(now), now


@given(MOMENTS, MOMENTS, MOMENTS)
def test_an_advanced_cursor_never_moves_back_nor_beyond_now(through: datetime, end: datetime, now: datetime) -> None:
    further = datetime.fromisoformat(str(advance(cursor_at_end(through), end, now)["through"]))
    assert further == (max(through, end) if end <= now else through)


def test_the_first_poll_begins_an_overlap_ago_or_at_since() -> None:
    assert poll_start({}, NOON, days(10), None) == NOON - days(10)
    assert poll_start({}, NOON, days(10), NOON - days(50)) == NOON - days(50)
    assert poll_start({}, NOON, days(10), NOON + days(50)) == NOON
    # A date in a file has no time zone: it is local.
    local = datetime(2023, 10, 1)  # noqa: DTZ001 - as the loader reads `since: 2023-10-01`
    assert poll_start({}, NOON, days(10), local) == datetime(2023, 9, 30, 17, tzinfo=UTC)


@pytest.mark.parametrize(("latest", "end"), [(NOON, NOON), (NOON + days(9), NOON + days(1))])
def test_a_window_ends_at_the_latest_moment(latest: datetime, end: datetime) -> None:
    assert Window(NOON - days(1), NOON + days(1)).before(latest) == Window(NOON - days(1), end)


def test_a_window_that_begins_at_the_latest_moment_has_no_part_before_it() -> None:
    assert Window(NOON, NOON + days(1)).before(NOON) is None
