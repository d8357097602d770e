"""Pages that come quickly share a batch; none waits for more than one slow page, and none is lost."""

import threading
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.adapters.clock import ReplayClock
from lienthong.errors import Transient
from lienthong.intake.page_batcher import MAX_BATCH_EVENTS, MAX_BATCH_SECONDS, QUICK_PAGE_SECONDS, batch_pages
from lienthong.ports import Page, Record
from tests.events import DAY

QUICK, SLOW = QUICK_PAGE_SECONDS / 2, QUICK_PAGE_SECONDS * 2
"""Seconds a page needs to come."""


class TimedPages:
    """Pages with a number of records and the seconds they need to come, and the clock these seconds pass on."""

    def __init__(self, *pages: tuple[int, float], error: Exception | None = None) -> None:
        self._pages = pages
        self._error = error
        self._now = 0.0

    def monotonic(self) -> float:
        return self._now

    def __iter__(self) -> Iterator[Page]:
        first = 0
        for number, (size, seconds) in enumerate(self._pages):
            self._now += seconds
            names = [f"{first + place}" for place in range(size)]
            first += size
            yield Page([Record("letter.seen", name, {"name": name}) for name in names], {"page": number})
        if self._error:
            raise self._error


def sizes_of(pages: TimedPages) -> list[tuple[int, object]]:
    """For each batch, its number of events and the page of its cursor."""
    batches = batch_pages("post", pages, ReplayClock(DAY), monotonic=pages.monotonic)
    return [(len(batch.envelopes), batch.cursor["page"]) for batch in batches]


def test_quick_pages_share_a_batch_with_the_cursor_of_the_last() -> None:
    assert sizes_of(TimedPages((3, QUICK), (0, QUICK), (2, QUICK))) == [(5, 2)]


def test_a_slow_page_does_not_wait_for_another() -> None:
    assert sizes_of(TimedPages((3, SLOW), (2, QUICK), (1, QUICK))) == [(3, 0), (3, 2)]


def test_a_slow_page_completes_the_batch_that_waited_for_it() -> None:
    assert sizes_of(TimedPages((3, QUICK), (2, SLOW), (1, QUICK))) == [(5, 1), (1, 2)]


def test_a_batch_is_complete_when_it_has_enough_events() -> None:
    pages = TimedPages((MAX_BATCH_EVENTS - 1, QUICK), (7, QUICK), (1, QUICK))
    assert sizes_of(pages) == [(MAX_BATCH_EVENTS + 6, 1), (1, 2)]


@pytest.mark.parametrize("size", [0, 1])
def test_a_batch_is_complete_when_it_is_old_however_small_it_is(size: int) -> None:
    count = int(10 * MAX_BATCH_SECONDS / QUICK)
    sizes = sizes_of(TimedPages(*[(size, QUICK)] * count))
    assert len(sizes) >= 9
    assert sum(events for events, _ in sizes) == size * count


def test_a_cursor_that_moved_without_records_makes_a_batch() -> None:
    assert sizes_of(TimedPages((0, QUICK))) == [(0, 0)]


@pytest.mark.parametrize("error", [Transient("nguồn không trả lời"), ValueError("a bug")])
def test_pages_before_a_failure_are_yielded_before_the_error(error: Exception) -> None:
    batches = batch_pages("post", TimedPages((2, QUICK), error=error), ReplayClock(DAY), monotonic=lambda: 0.0)
    assert len(next(batches).envelopes) == 2
    with pytest.raises(type(error)):
        next(batches)


def test_when_the_caller_stops_the_source_is_closed() -> None:
    closed = threading.Event()

    def pages() -> Iterator[Page]:
        try:
            yield from TimedPages((MAX_BATCH_EVENTS, QUICK), (1, QUICK))
        finally:
            closed.set()

    batches = batch_pages("post", pages(), ReplayClock(DAY))
    next(batches)
    batches.close()
    assert closed.is_set()


@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from([QUICK, SLOW]))))
def test_every_record_is_in_one_batch_in_order_and_cursors_match(sizes: Sequence[tuple[int, float]]) -> None:
    pages = TimedPages(*sizes)
    count = 0
    last_page = -1
    for batch in batch_pages("post", pages, ReplayClock(DAY), monotonic=pages.monotonic):
        names = [envelope.subject for envelope in batch.envelopes]
        assert names == [f"{count + place}" for place in range(len(names))]
        count += len(names)
        last_page = batch.cursor["page"]
        assert count == sum(size for size, _ in sizes[: last_page + 1])
    assert last_page == len(sizes) - 1
    assert count == sum(size for size, _ in sizes)
