"""Reading a numbered listing whose elements move while it is read."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.protocols.listing import Listing, read
from lienthong.errors import Transient


class MovingListing:
    """A listing of numbered elements; `disturb` runs before each page is read."""

    def __init__(self, count: int, disturb: Callable[["MovingListing"], None] = lambda listing: None) -> None:
        self.elements: list[Any] = [{"id": str(number)} for number in range(count)]
        self.count = count
        self.disturb = disturb
        self.fetched: list[tuple[int, int]] = []
        self.totals = True
        self.largest = 1000

    def fetch(self, number: int, size: int) -> Listing:
        self.disturb(self)
        self.fetched.append((number, size))
        size = min(size, self.largest)
        page = self.elements[number * size : (number + 1) * size]
        total = len(self.elements) if self.totals else None
        return Listing(page, total, not page or (number + 1) * size >= len(self.elements))

    def append(self) -> None:
        self.elements.append({"id": str(self.count)})
        self.count += 1

    def ids(self) -> set[str]:
        return {element["id"] for element in self.elements}


def ids(pages: Iterator[list[Any]]) -> list[str]:
    return [element["id"] for page in pages for element in page]


@given(
    count=st.integers(0, 12),
    size=st.integers(1, 5),
    totals=st.booleans(),
    events=st.lists(st.sampled_from(["", "", "", "remove", "append", "replace"]), max_size=40),
    random=st.randoms(use_true_random=False),
)
def test_elements_that_are_present_all_the_time_are_read(
    count: int, size: int, totals: bool, events: list[str], random: Random
) -> None:
    def disturb(listing: MovingListing) -> None:
        event = events.pop() if events else ""
        if event in ("remove", "replace") and listing.elements:
            del listing.elements[random.randrange(len(listing.elements))]
        # A new element in place of a removed one leaves the total unchanged.
        if event in ("append", "replace"):
            listing.append()

    listing = MovingListing(count, disturb)
    listing.totals = totals
    before = listing.ids()
    try:
        found = set(ids(read(listing.fetch, size, "iGate")))
    except Transient:
        return
    assert before & listing.ids() <= found


@given(count=st.integers(0, 30), size=st.integers(1, 7))
def test_a_listing_that_does_not_change_is_read_once_in_order(count: int, size: int) -> None:
    listing = MovingListing(count)
    assert ids(read(listing.fetch, size, "iGate")) == [str(number) for number in range(count)]


def test_a_listing_of_one_page_is_one_request() -> None:
    listing = MovingListing(5)
    ids(read(listing.fetch, 10, "iGate"))
    assert listing.fetched == [(0, 10)]


def test_an_element_that_moved_up_is_found_by_reading_again() -> None:
    def remove_first(listing: MovingListing) -> None:
        if len(listing.fetched) == 1:
            del listing.elements[0]

    listing = MovingListing(6, remove_first)
    assert set(ids(read(listing.fetch, 2, "iGate"))) == {"0", "1", "2", "3", "4", "5"}


def test_a_page_that_was_shifted_for_one_request_is_read_again() -> None:
    listing = MovingListing(6)
    glitches = [1]

    def fetch(number: int, size: int) -> Listing:
        if number not in glitches:
            return listing.fetch(number, size)
        glitches.clear()
        shifted = MovingListing(6)
        del shifted.elements[0]
        return shifted.fetch(number, size)

    assert set(ids(read(fetch, 2, "iGate"))) == {"0", "1", "2", "3", "4", "5"}


def test_new_elements_at_the_end_do_not_cause_a_second_reading() -> None:
    listing = MovingListing(6, lambda listing: listing.append() if len(listing.elements) < 12 else None)
    found = ids(read(listing.fetch, 4, "iGate"))
    assert found == [str(number) for number in range(8)]


def test_each_page_is_returned_before_the_next_is_fetched() -> None:
    listing = MovingListing(6)
    next(read(listing.fetch, 2, "iGate"))
    assert listing.fetched == [(0, 2)]


def test_a_listing_that_always_changes_is_transient() -> None:
    def rotate(listing: MovingListing) -> None:
        listing.elements.append(listing.elements.pop(0))

    with pytest.raises(Transient, match="thay đổi liên tục"):
        ids(read(MovingListing(6, rotate).fetch, 2, "iGate"))


def test_a_system_that_always_returns_the_same_page_is_transient() -> None:
    def same(number: int, size: int) -> Listing:
        return Listing([{"id": "1"}, {"id": "2"}][:size], None, False)

    with pytest.raises(Transient):
        ids(read(same, 2, "iGate"))


def test_an_element_that_the_system_counts_twice_is_accepted() -> None:
    listing = MovingListing(5)
    listing.elements[3] = listing.elements[0]
    assert set(ids(read(listing.fetch, 10, "iGate"))) == {"0", "1", "2", "4"}


def test_a_system_that_limits_the_page_size_is_read_to_the_end() -> None:
    listing = MovingListing(10)
    listing.largest = 3
    assert len(ids(read(listing.fetch, 500, "iGate"))) == 10


@pytest.mark.parametrize("reply", [[], None, "x", {}, {"content": None}, {"content": {"a": 1}}])
def test_a_reply_of_another_form_is_transient(reply: object) -> None:
    with pytest.raises(Transient, match="không đúng dạng"):
        Listing.from_wire(reply, 10, "iGate")


def test_without_the_key_last_a_page_that_is_not_full_is_the_last() -> None:
    assert not Listing.from_wire({"content": [1, 2]}, 2, "iGate").last
    assert Listing.from_wire({"content": [1]}, 2, "iGate").last
    assert Listing.from_wire({"content": [], "last": False}, 2, "iGate").last
