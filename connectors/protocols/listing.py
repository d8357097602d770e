"""Reading a numbered listing whose elements move while it is read, without losing one.

When an element disappears from a page already read, everything after it moves up by one and the next page begins one
too late. Totals cannot show this on a living system, where a new element at the end makes up for the one that went.
So after each further page the place before it is looked at again: if its element has moved, the listing is read anew.
The listing must be sorted so that new elements come last; what moves and moves back between two calls goes unseen here,
and is found by the next poll, whose windows overlap.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from lienthong import Transient

TRIES = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing. `total` is the number of elements in all pages, None when the system does not say."""

    elements: list[Any]
    total: int | None
    last: bool

    @classmethod
    def from_wire(cls, reply: object, size: int, system: str) -> "Listing":
        """A Spring page (`content`, `totalElements`, `last`). Raises `Transient` for a reply of another shape."""
        elements = reply.get("content") if isinstance(reply, dict) else None
        if not isinstance(reply, dict) or not isinstance(elements, list):
            raise Transient(f"hệ thống {system} trả lời không đúng dạng trang danh sách")
        total = reply.get("totalElements")
        last = reply.get("last")
        return cls(
            elements,
            total if isinstance(total, int) else None,
            not elements or (last if isinstance(last, bool) else len(elements) < size),
        )


Fetch = Callable[[int, int], Listing]
"""(page number from 0, page size) → that page."""


def read(fetch: Fetch, size: int, system: str) -> Iterator[list[Any]]:
    """The pages, as they come; again from the first if anything moved. What was there all the time is shown.

    Raises `Transient` when the listing did not hold still in five readings.
    """
    before: set[object] = set()
    for _ in range(TRIES):
        reading = _Reading(fetch, size)
        yield from reading.pages()
        # Twice the same and fewer than the total: the system counts an element double; nothing is missing.
        if not reading.moved and (not reading.short() or reading.seen == before):
            return
        before = reading.seen
    raise Transient(f"danh sách của hệ thống {system} thay đổi liên tục trong lúc đọc")


class _Reading:
    """One reading from the first page to the last."""

    def __init__(self, fetch: Fetch, size: int) -> None:
        self._fetch = fetch
        self._size = size
        self._shown = 0
        self._total: int | None = None
        self._edge: object = None
        self.seen: set[object] = set()
        self.moved = False

    def pages(self) -> Iterator[list[Any]]:
        number = 0
        while True:
            page = self._fetch(number, self._size)
            self.moved = self._shrank(page) or (number > 0 and not self._edge_stayed())
            known = len(self.seen)
            names = [_name(element) for element in page.elements]
            self.seen.update(names)
            yield page.elements
            # A page of nothing new means that the system gives the same page for every number.
            self.moved = self.moved or (bool(names) and len(self.seen) == known)
            if page.last or self.moved:
                return
            self._shown += len(names)
            self._edge = names[-1]
            number += 1

    def short(self) -> bool:
        """Whether fewer elements were seen than the system says it has."""
        return self._total is not None and len(self.seen) < self._total

    def _shrank(self, page: Listing) -> bool:
        before, self._total = self._total, page.total
        return before is not None and page.total is not None and page.total < before

    def _edge_stayed(self) -> bool:
        """Whether the last element of the pages before still stands where it was read."""
        here = self._fetch(self._shown - 1, 1).elements
        return len(here) == 1 and _name(here[0]) == self._edge


def _name(element: object) -> object:
    """What an element is told apart by: its id, or all it says when it has none."""
    name = element.get("id") if isinstance(element, dict) else None
    return name if isinstance(name, str) else orjson.dumps(element)
