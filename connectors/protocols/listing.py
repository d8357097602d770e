"""Reading a numbered listing whose elements move while it is read, without losing one.

When an element disappears from a page that was already read, all elements after it move up by one, and the next page
begins one element too late. The total does not show this when a new element was added at the end in the meantime.
Therefore, after each further page, the last element before that page is fetched again: if it has moved, the listing is
read again from the first page.
The listing must be sorted so that new elements come last. An element that moves and moves back between two calls is not
noticed here; the next poll finds it, because windows overlap.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from lienthong import Transient
from lienthong.connectors.protocols.http_errors import REFUSED_PAGE
from lienthong.connectors.protocols.lists import list_of, value_of
from lienthong.connectors.protocols.records import content_of

MOST_PAGES = 1_000
"""Pages of one listing. One of more is taken for endless."""

TRIES = 5
"""How often a listing is read from its first page before the poll fails."""


class PageRefused(Transient):
    """A page cannot be had, whatever is tried: a shorter listing may be read.

    `reach`: how many elements the system shows of a listing, None when even the first page is refused.
    """

    def __init__(self, why: str, reach: int | None = None) -> None:
        super().__init__(why)
        self.reach = reach


class OtherShape(Transient):
    """A reply that is no page of a listing."""


class Endless(Transient):
    """The listing never comes to an end that holds. The pages before were yielded."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing. `total` is the number of elements in all pages, None when the system does not state it."""

    elements: list[Any]
    total: int | None
    last: bool

    @classmethod
    def from_wire(cls, reply: object, size: int, system: str, fields: Collection[str] = ()) -> "Listing":
        """Parse a Spring page (`content`, `totalElements`, `last`). Raises `Transient` for a reply of another shape.

        `fields`: names of fields of an element, by which an object in place of the list is known as a list of one.
        """
        elements = list_of(reply.get("content"), fields) if isinstance(reply, dict) else None
        if not isinstance(reply, dict) or elements is None:
            raise OtherShape(f"hệ thống {system} trả lời không đúng dạng trang danh sách")
        total = value_of(reply.get("totalElements"))
        last = value_of(reply.get("last"))
        return cls(
            elements,
            total if isinstance(total, int) and not isinstance(total, bool) else None,
            not elements or (last if isinstance(last, bool) else len(elements) < size),
        )


Fetch = Callable[[int, int], Listing]
"""(page number from 0, page size) → that page."""


def read(fetch: Fetch, size: int, system: str, *, reach: int | None = None) -> Iterator[list[Any]]:
    """Yield the pages as they come, and again from the first one if an element moved.

    Every element that was there all the time is yielded at least once. `reach` is how many elements the system is known
    to show of a listing: what is beyond is not asked for. Raises `PageRefused` for a page that cannot be had and
    `Endless` when elements moved in each of `TRIES` readings.
    """
    before: set[object] = set()
    for _ in range(TRIES):
        reading = _Reading(fetch, size, system, reach)
        yield from reading.pages()
        # The same elements twice, and fewer than the total: the system counts one twice, and none is missing.
        if not reading.moved and (not reading.short() or reading.seen == before):
            return
        before = reading.seen
    raise Endless(f"danh sách của hệ thống {system} thay đổi liên tục trong lúc đọc")


class _Reading:
    """One reading from the first page to the last."""

    def __init__(self, fetch: Fetch, size: int, system: str, reach: int | None) -> None:
        self._fetch = fetch
        self._size = size
        self._system = system
        self._reach = reach
        self._shown = 0
        self._total: int | None = None
        self._edge: object = None
        self.seen: set[object] = set()
        self.moved = False

    def pages(self) -> Iterator[list[Any]]:
        number = 0
        while True:
            page = self._page(number)
            self.moved = self._shrank(page) or (number > 0 and not self._edge_stayed())
            known = len(self.seen)
            names = [_name(element) for element in page.elements]
            self.seen.update(names)
            yield page.elements
            # A page without any new element means that the system returns the same page for every number.
            self.moved = self.moved or (bool(names) and len(self.seen) == known)
            if page.last or self.moved:
                return
            if self._reach is not None and (page.total or 0) > self._reach:
                raise PageRefused("trang sau nằm ngoài phần mà hệ thống cho xem", self._reach)
            if number + 1 >= MOST_PAGES:
                raise Endless(f"danh sách của hệ thống {self._system} không có trang cuối")
            self._shown += len(names)
            self._edge = names[-1]
            number += 1

    def _page(self, number: int) -> Listing:
        try:
            return self._fetch(number, self._size)
        except Transient as failure:
            # A deep page that comes in another shape is refused, too: some systems say so with status 200.
            if failure.status in REFUSED_PAGE or (number > 0 and isinstance(failure, OtherShape)):
                raise PageRefused(failure.why, self._shown or None) from None
            raise

    def short(self) -> bool:
        """Whether fewer elements were seen than the total that the system states."""
        return self._total is not None and len(self.seen) < self._total

    def _shrank(self, page: Listing) -> bool:
        before, self._total = self._total, page.total
        return before is not None and page.total is not None and page.total < before

    def _edge_stayed(self) -> bool:
        """Whether the last element of the previous pages still has the same position."""
        here = self._fetch(self._shown - 1, 1).elements
        return len(here) == 1 and _name(here[0]) == self._edge


def _name(element: object) -> object:
    """The identity of an element: its id, or its whole content when it has none."""
    name = element.get("id") if isinstance(element, dict) else None
    return name if isinstance(name, str) else content_of(element)
