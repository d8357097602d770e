"""Pages that come quickly are taken together; none waits for a slow one, and none is lost."""

import threading
from collections.abc import Iterable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.adapters.clock import ReplayClock
from lienthong.errors import Transient
from lienthong.intake.page_batcher import MAX_BATCH_EVENTS, MAX_BATCH_SECONDS, QUICK_PAGE_SECONDS, batch_pages
from lienthong.ports import Page, Record
from tests.events import DAY

QUICK, SLOW = QUICK_PAGE_SECONDS / 2, QUICK_PAGE_SECONDS * 2


class Coming:
    """Pages that take their time, and a clock that shows it."""

    def __init__(self, *sizes: tuple[int, float], then: Exception | None = None) -> None:
        self.sizes = sizes
        self.then = then
        self.passed = 0.0

    def moment(self) -> float:
        return self.passed

    def pages(self) -> Iterator[Page]:
        number = 0
        for place, (size, seconds) in enumerate(self.sizes):
            self.passed += seconds
            names = [f"{number + n}" for n in range(size)]
            number += size
            yield Page([Record("letter.seen", name, {"name": name}) for name in names], {"page": place})
        if self.then:
            raise self.then


def taken(coming: Coming) -> list[tuple[int, object]]:
    """How many events went together, with the cursor they came with."""
    every = batch_pages("post", coming.pages(), ReplayClock(DAY), monotonic=coming.moment)
    return [(len(some.envelopes), some.cursor["page"]) for some in every]


def test_quick_pages_go_together_with_the_cursor_of_the_last() -> None:
    assert taken(Coming((3, QUICK), (0, QUICK), (2, QUICK))) == [(5, 2)]


def test_a_slow_page_waits_for_none() -> None:
    assert taken(Coming((3, SLOW), (2, QUICK), (1, QUICK))) == [(3, 0), (3, 2)]


def test_what_waited_for_a_slow_page_goes_with_it() -> None:
    assert taken(Coming((3, QUICK), (2, SLOW), (1, QUICK))) == [(5, 1), (1, 2)]


def test_never_more_than_a_page_too_many_go_together() -> None:
    assert taken(Coming((MAX_BATCH_EVENTS - 1, QUICK), (7, QUICK), (1, QUICK))) == [(MAX_BATCH_EVENTS + 6, 1), (1, 2)]


@pytest.mark.parametrize("size", [0, 1])
def test_quick_pages_of_little_are_not_held_for_long(size: int) -> None:
    pages = int(10 * MAX_BATCH_SECONDS / QUICK)
    came = taken(Coming(*[(size, QUICK)] * pages))
    assert len(came) >= 9
    assert sum(count for count, _ in came) == size * pages


def test_a_cursor_that_moved_without_records_is_given_too() -> None:
    assert taken(Coming((0, QUICK))) == [(0, 0)]


@pytest.mark.parametrize("error", [Transient("nguồn không trả lời"), ValueError("a bug")])
def test_what_came_before_a_failure_is_given_before_the_error(error: Exception) -> None:
    every = batch_pages("post", Coming((2, QUICK), then=error).pages(), ReplayClock(DAY), monotonic=lambda: 0.0)
    assert len(next(every).envelopes) == 2
    with pytest.raises(type(error)):
        next(every)


def test_who_stops_asking_is_given_nothing_more() -> None:
    shut = threading.Event()

    def pages() -> Iterator[Page]:
        try:
            yield from Coming((MAX_BATCH_EVENTS, QUICK), (1, QUICK)).pages()
        finally:
            shut.set()

    every = batch_pages("post", pages(), ReplayClock(DAY))
    next(every)
    every.close()
    assert shut.is_set()


@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from([QUICK, SLOW]))))
def test_every_record_is_given_once_in_its_order_with_a_cursor_that_is_true(sizes: Sequence[tuple[int, float]]) -> None:
    coming = Coming(*sizes)
    given_so_far = 0
    last: object = None
    for some in batch_pages("post", coming.pages(), ReplayClock(DAY), monotonic=coming.moment):
        names = [envelope.subject for envelope in some.envelopes]
        assert names == [f"{given_so_far + n}" for n in range(len(names))]
        given_so_far += len(names)
        last = some.cursor["page"]
        assert given_so_far == _through(sizes, last)
    assert given_so_far == sum(size for size, _ in sizes)
    assert last == (len(sizes) - 1 if sizes else None)


def _through(sizes: Iterable[tuple[int, float]], place: int) -> int:
    return sum(size for size, _ in list(sizes)[: place + 1])
