"""The tree of the province's agencies and units on a day: what stands above a unit, and what followed it.

Pure. A unit that is renamed or moved is a new version of the same code; a unit that is merged or split ends and names
its successors, under the first of which it then stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

PROVINCE = "province"
"""The level of the province itself."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One version of a unit, in force from `starts_on` to the day before `ends_on`.

    - `parent`: the code of the unit above it. `codes`: its codes in other systems, such as `igate`.
    - `successors`: the codes of the units that took over when it ended.
    - `receives`: whether letters and notices for it go out, to `email`. `calendar`: its working time, by name.
    """

    code: str
    name: str | None = None
    level: str | None = None
    parent: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    starts_on: date = date.min
    ends_on: date | None = None
    successors: Sequence[str] = ()
    email: str | None = None
    calendar: str | None = None
    receives: bool = True


class Tree:
    """The units on one day: of each code the version that began last, if any has begun by then."""

    def __init__(self, versions: Iterable[Unit], day: date) -> None:
        self.day = day
        self._known: dict[str, Unit] = {}
        self._by_code: dict[tuple[str, str], list[Unit]] = {}
        for unit in sorted(versions, key=lambda one: (one.starts_on, one.code)):
            if unit.starts_on <= day:
                self._known[unit.code] = unit
            for system, code in unit.codes.items():
                self._by_code.setdefault((system, code), []).append(unit)

    @classmethod
    def at(cls, units: Iterable[Unit], day: date) -> "Tree":
        """The tree of `units` on the local day `day`."""
        return cls(units, day)

    def __bool__(self) -> bool:
        return bool(self._known)

    def __contains__(self, code: str) -> bool:
        return code in self._known

    def get(self, code: str) -> Unit | None:
        """The unit as it is on the day, or as it was last when it has ended; None when it is not known yet."""
        return self._known.get(code)

    def name(self, code: str) -> str:
        """Its name; "" when it is not known."""
        unit = self._known.get(code)
        return (unit.name if unit else None) or ""

    def in_force(self, code: str) -> bool:
        """Whether it exists on the day."""
        unit = self._known.get(code)
        return unit is not None and (unit.ends_on is None or self.day < unit.ends_on)

    def is_province(self, code: str) -> bool:
        """Whether it is the province itself."""
        unit = self._known.get(code)
        return unit is not None and unit.level == PROVINCE

    def above(self, code: str) -> str | None:
        """The unit under which it stands: its parent, or its first known successor when it has ended."""
        unit = self._known.get(code)
        if unit is None:
            return None
        if not self.in_force(code) and unit.successors:
            return next((one for one in unit.successors if one in self._known), unit.successors[0])
        return unit.parent

    def path(self, code: str) -> tuple[str, ...]:
        """The unit itself and all above it, in this order. Without a tree it is the unit alone."""
        found: list[str] = []
        at: str | None = code
        while at is not None and at not in found:  # a circle among the records ends here
            found.append(at)
            at = self.above(at)
        return tuple(found)

    def heir(self, code: str) -> str:
        """The unit in force that has its history today: itself, or the last of its successors."""
        for one in self.path(code):
            if self.in_force(one):
                return one
        return code

    def holds(self, above: str, code: str) -> bool:
        """Whether `code` is `above` or stands under it."""
        return above in self.path(code)

    def find(self, system: str, code: str | None, day: date | None = None) -> str | None:
        """The unit that another system knows as `code`: the one that had it on `day`, else the one that had it last.

        None when no unit ever had it by the day of the tree.
        """
        candidates = self._by_code.get((system, code), ()) if code else ()
        begun = [one for one in candidates if one.starts_on <= self.day] or list(candidates)
        if not begun:
            return None
        moment = day or self.day
        then = [one for one in begun if one.starts_on <= moment and (one.ends_on is None or moment < one.ends_on)]
        return (then or begun)[-1].code

    def codes(self) -> list[str]:
        """The codes of the units in force, sorted."""
        return sorted(code for code in self._known if self.in_force(code))
