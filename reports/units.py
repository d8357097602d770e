"""The units of a report: by the tree of its period or today's, all of them or one with those below it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from lienthong import Rejected, Scope
from store.organisations import agency_names
from store.organisations import units as stored_units
from store.reading import Connection
from transforms.moments import local_date
from transforms.organisation_files import OrganisationFiles, merge
from transforms.organisations import Tree

IGATE = "igate"
"""The system by whose codes dossiers name the place that received them."""


class Units(NamedTuple):
    """The tree that a report uses, and the part of it that was asked for.

    By today's tree, the history of a unit that has ended is its heir's.
    """

    tree: Tree
    scope: Scope
    names: Mapping[str, str] = MappingProxyType({})
    """What the register of civil servants calls agencies, for those whose name the tree does not know."""

    def of(self, code: str) -> str:
        """The unit under which what concerns `code` is shown."""
        return self.tree.heir(code) if self.scope.tree == "today" else code

    def path(self, code: str) -> tuple[str, ...]:
        """The unit itself and every one above it."""
        return self.tree.path(self.of(code))

    def includes(self, code: str) -> bool:
        """Whether a unit belongs to what was asked for."""
        return self.scope.unit is None or self.scope.unit in self.path(code)

    def receiver(self, code: str | None, day: date | None = None) -> str | None:
        """The unit that the one-stop system knows as `code`. Without a tree it is the code itself."""
        if not code or not self.tree:
            return code or None
        found = self.tree.find(IGATE, code, day)
        return None if found is None else self.of(found)

    def place(self, code: str | None, day: date | None = None) -> str | None:
        """The unit that a record means by `code`: its own code in the tree, or the one-stop system's for it."""
        return self.of(code) if code and code in self.tree else self.receiver(code, day)

    def holds_place(self, code: str | None) -> bool:
        """Whether the unit that a record means by `code` belongs to what was asked for."""
        unit = self.place(code)
        return unit is not None and self.includes(unit)

    def roll_up(self, codes: Iterable[str]) -> dict[str, int]:
        """How many of `codes` stand at each unit or below it."""
        return dict(sorted(Counter(above for code in codes for above in self.path(code)).items()))

    def name(self, code: str) -> str:
        """The name of a unit, or "" where it is not known."""
        return self.tree.name(code) or self.names.get(code, "")


def read_units(connection: Connection, day: date, scope: Scope, *, now: datetime, files: OrganisationFiles) -> Units:
    """The units of the store and of the files, for a report as at the local day `day`.

    Raises `Rejected` (field `unit`) for one that there is not.
    """
    versions = merge(stored_units(connection), files)
    tree = Tree.at(versions, local_date(now) if scope.tree == "today" else day)
    if scope.unit is not None and tree and scope.unit not in tree:
        raise Rejected(f"không có đơn vị {scope.unit} vào ngày {tree.day:%d/%m/%Y}", field="unit")
    return Units(tree, scope, agency_names(connection))
