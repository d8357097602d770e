"""The events behind the figures of a report: packed, so that a month of a million dossiers fits into 100 MB."""

from array import array
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Generic, TypeVar, overload

Group = TypeVar("Group", bound=Hashable)


class Population(Generic[Group]):
    """Events, each in one group. A figure counts one group or several.

    An id takes its own bytes and 12 more. Which events a group has is only looked up when they are asked for.
    """

    def __init__(self) -> None:
        self._ids = bytearray()
        self._ends = array("Q")
        self._group_of = array("L")
        self._numbers: dict[Group, int] = {}
        self._counts: list[int] = []
        self._order = array("L")
        self._rows_of: dict[int, array[int]] = {}

    def add(self, event_id: str, group: Group) -> None:
        """Add an event to a group."""
        number = self._numbers.get(group)
        if number is None:
            number = self._numbers[group] = len(self._counts)
            self._counts.append(0)
        self._ids += event_id.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._ids))
        self._group_of.append(number)
        self._counts[number] += 1
        if self._rows_of:
            self._rows_of = {}

    def __len__(self) -> int:
        return len(self._ends)

    def groups(self) -> Mapping[Group, int]:
        """How many events each group has."""
        return dict(zip(self._numbers, self._counts, strict=True))

    def select_groups(self, groups: Iterable[Group]) -> "Selection":
        """The events of these groups, all of which there are."""
        numbers = tuple(self._numbers[group] for group in groups)
        return Selection(self, numbers, sum(self._counts[number] for number in numbers))

    def ids_of(self, numbers: Iterable[int]) -> Iterator[str]:
        """The ids of the events of groups, by the number of each, sorted."""
        if not self._rows_of:
            self._order = array("L", sorted(range(len(self)), key=self._id))
            for rank, place in enumerate(self._order):
                self._rows_of.setdefault(self._group_of[place], array("L")).append(rank)
        for rank in sorted(chain.from_iterable(self._rows_of[number] for number in numbers)):
            yield self._id(self._order[rank])

    def _id(self, place: int) -> str:
        start = self._ends[place - 1] if place else 0
        return self._ids[start : self._ends[place]].decode("utf-8", "surrogatepass")


class Selection(Sequence[str]):
    """The ids of some events of a population, sorted. Their number is known without looking them up."""

    def __init__(self, population: "Population[Group]", groups: tuple[int, ...], size: int) -> None:
        self._population = population
        self._groups = groups
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[str]:
        return self._population.ids_of(self._groups)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return list(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and sorted(self) == sorted(other)

    def __hash__(self) -> int:
        return hash(self._groups)
