"""Pages of a list that goes on after the key of the last row: as fast for the last page as for the first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

PAGE = 50
"""Rows of a page."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Paging(Generic[Row]):
    """One page. `after` is the key with which the next one begins; "" when this is the last."""

    rows: Sequence[Row]
    after: str = ""


def first_page(rows: Iterable[Row], key: Callable[[Row], object], size: int = PAGE) -> Paging[Row]:
    """The first page of `rows`, which already begin after the key of the page before."""
    found = list(islice(rows, size + 1))
    return Paging(found[:size], str(key(found[size - 1])) if len(found) > size else "")
