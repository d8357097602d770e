"""Reading a numbered listing that moves."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.protocols.listing import Listing, read
from lienthong.errors import Transient


class Moving:
    """A listing of numbered elements; `disturb` runs before each page is cut."""

    def __init__(self, count: int, disturb: Callable[["Moving"], None] = lambda listing: None) -> None:
        self.elements: list[Any] = [{"id": str(number)} for number in range(count)]
        self.made = count
        self.disturb = disturb
        self.fetched: list[tuple[int, int]] = []
        self.totals = True
        self.largest = 1000

    def fetch(self, number: int, size: int) -> Listing:
        self.disturb(self)
        self.fetched.append((number, size))
        size = min(size, self.largest)
        shown = self.elements[number * size : (number + 1) * size]
        total = len(self.elements) if self.totals else None
        return Listing(shown, total, not shown or (number + 1) * size >= len(self.elements))

    def append(self) -> None:
        self.elements.append({"id": str(self.made)})
        self.made += 1

    def ids(self) -> set[str]:
        return {element["id"] for element in self.elements}


def ids(pages: Iterator[list[Any]]) -> list[str]:
    return [element["id"] for page in pages for element in page]


@given(
    count=st.integers(0, 12),
    size=st.integers(1, 5),
    totals=st.booleans(),
    events=st.lists(st.sampled_from(["", "", "", "vanish", "append", "swap"]), max_size=40),
    random=st.randoms(use_true_random=False),
)
def test_whatever_is_there_all_the_time_is_read(
    count: int, size: int, totals: bool, events: list[str], random: Random
) -> None:
    def disturb(listing: Moving) -> None:
        event = events.pop() if events else ""
        if event in ("vanish", "swap") and listing.elements:
            del listing.elements[random.randrange(len(listing.elements))]
        # A newcomer that makes up for what went leaves the total as it was.
        if event in ("append", "swap"):
            listing.append()

    listing = Moving(count, disturb)
    listing.totals = totals
    before = listing.ids()
    try:
        shown = set(ids(read(listing.fetch, size, "iGate")))
    except Transient:
        return
    assert before & listing.ids() <= shown


@given(count=st.integers(0, 30), size=st.integers(1, 7))
def test_a_listing_that_holds_still_is_read_once_in_order(count: int, size: int) -> None:
    listing = Moving(count)
    assert ids(read(listing.fetch, size, "iGate")) == [str(number) for number in range(count)]


def test_a_listing_of_one_page_is_one_request() -> None:
    listing = Moving(5)
    ids(read(listing.fetch, 10, "iGate"))
    assert listing.fetched == [(0, 10)]


def test_an_element_that_moved_up_is_found_by_reading_anew() -> None:
    def vanish(listing: Moving) -> None:
        if len(listing.fetched) == 1:
            del listing.elements[0]

    listing = Moving(6, vanish)
    assert set(ids(read(listing.fetch, 2, "iGate"))) == {"0", "1", "2", "3", "4", "5"}


def test_a_page_that_was_shifted_for_one_request_only_is_read_anew() -> None:
    listing = Moving(6)
    glitches = [1]

    def fetch(number: int, size: int) -> Listing:
        if number not in glitches:
            return listing.fetch(number, size)
        glitches.clear()
        shifted = Moving(6)
        del shifted.elements[0]
        return shifted.fetch(number, size)

    assert set(ids(read(fetch, 2, "iGate"))) == {"0", "1", "2", "3", "4", "5"}


def test_newcomers_at_the_end_do_not_make_it_read_anew() -> None:
    listing = Moving(6, lambda listing: listing.append() if len(listing.elements) < 12 else None)
    shown = ids(read(listing.fetch, 4, "iGate"))
    assert shown == [str(number) for number in range(8)]


def test_pages_come_before_the_next_is_fetched() -> None:
    listing = Moving(6)
    next(read(listing.fetch, 2, "iGate"))
    assert listing.fetched == [(0, 2)]


def test_a_listing_that_never_holds_still_is_transient() -> None:
    def rotate(listing: Moving) -> None:
        listing.elements.append(listing.elements.pop(0))

    with pytest.raises(Transient, match="thay đổi liên tục"):
        ids(read(Moving(6, rotate).fetch, 2, "iGate"))


def test_a_system_that_gives_the_same_page_for_ever_is_transient() -> None:
    def same(number: int, size: int) -> Listing:
        return Listing([{"id": "1"}, {"id": "2"}][:size], None, False)

    with pytest.raises(Transient):
        ids(read(same, 2, "iGate"))


def test_an_element_the_system_counts_double_is_no_reason_to_give_up() -> None:
    listing = Moving(5)
    listing.elements[3] = listing.elements[0]
    assert set(ids(read(listing.fetch, 10, "iGate"))) == {"0", "1", "2", "4"}


def test_a_system_that_caps_the_page_size_is_read_to_the_end() -> None:
    listing = Moving(10)
    listing.largest = 3
    assert len(ids(read(listing.fetch, 500, "iGate"))) == 10


@pytest.mark.parametrize("reply", [[], None, "x", {}, {"content": None}, {"content": {"a": 1}}])
def test_a_reply_of_another_shape_is_transient(reply: object) -> None:
    with pytest.raises(Transient, match="không đúng dạng"):
        Listing.from_wire(reply, 10, "iGate")


def test_without_last_a_page_that_is_not_full_is_the_last() -> None:
    assert not Listing.from_wire({"content": [1, 2]}, 2, "iGate").last
    assert Listing.from_wire({"content": [1]}, 2, "iGate").last
    assert Listing.from_wire({"content": [], "last": False}, 2, "iGate").last
