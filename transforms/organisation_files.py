"""The files of config/organisations/: the province's units with dates, beside the catalogue or in its place.

The rule where both state a unit: the versions of the source count, and a file fills only what they leave empty. A unit
that the source does not have is taken from the file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lienthong import FolderFault, SettingsFolder, SettingsShape
from transforms.organisations import Unit

Code = Annotated[str, Field(pattern=r"^\w[\w.-]{0,63}$")]
Level = Literal["province", "department", "branch", "station", "district", "commune", "centre"]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class UnitVersion(SettingsShape):
    """A unit from the local day `since` to the day before `until`. One that is renamed or moved has a further version.

    - `level`: tỉnh, sở, chi cục, hạt, huyện, xã, trung tâm. `parent`: the code of the unit above it.
    - `codes`: its codes in other systems, such as `igate` or `ccvc`.
    - `successors` took over when it ended; `predecessors` are those that it took over from when it began.
    - `receives`: whether letters and notices for it go out, to `email`. `calendar`: its working time, by name.
    """

    code: Code
    name: str | None = None
    level: Level | None = None
    parent: Code | None = None
    codes: Mapping[str, str] = Field(default_factory=dict)
    since: date = date.min
    until: date | None = None
    successors: Sequence[Code] = ()
    predecessors: Sequence[Code] = ()
    email: Email | None = None
    receives: bool = True
    calendar: str | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError("`until` phải sau `since`")
        if self.code in {self.parent, *self.successors, *self.predecessors}:
            raise ValueError("đơn vị không thể là cấp trên, đơn vị kế thừa hoặc tiền thân của chính nó")
        return self

    def unit(self) -> Unit:
        """The same as reports know it."""
        return Unit(
            code=self.code,
            name=self.name,
            level=self.level,
            parent=self.parent,
            codes=dict(self.codes),
            starts_on=self.since,
            ends_on=self.until,
            successors=tuple(self.successors),
            email=self.email,
            calendar=self.calendar,
            receives=self.receives,
        )


class OrganisationFiles(SettingsFolder):
    """One file: versions of units in any order. All files together are the units of the province."""

    units: Sequence[UnitVersion] = ()

    @classmethod
    def together(cls, files: Mapping[str, Self]) -> Self:
        """The units of all files."""
        return cls(units=[unit for file in files.values() for unit in file.units])

    @classmethod
    def faults(cls, files: Mapping[str, Self]) -> Iterable[FolderFault]:
        """Versions of one unit that hold at the same time, and parents that lead back to the unit itself."""
        stated: dict[str, list[tuple[UnitVersion, FolderFault]]] = {}
        for file, content in files.items():
            for number, unit in enumerate(content.units):
                stated.setdefault(unit.code, []).append((unit, FolderFault(file, ("units", number, "since"), "")))
        for code, versions in stated.items():
            in_order = sorted(versions, key=lambda one: one[0].since)
            for (before, _), (after, place) in pairwise(in_order):
                if before.until is None or after.since < before.until:
                    yield place._replace(
                        text=f"hai phiên bản của đơn vị {code} cùng có hiệu lực ngày {after.since:%d/%m/%Y}: phiên bản "
                        f"trước cần `until` không muộn hơn"
                    )
        latest = {code: max(versions, key=lambda one: one[0].since) for code, versions in stated.items()}
        for code, (unit, place) in latest.items():
            if _leads_back(code, {one: version.parent for one, (version, _) in latest.items()}):
                path = (*place.path[:2], "parent")
                yield place._replace(path=path, text=f"cấp trên {unit.parent} của đơn vị {code} lại thuộc chính nó")


def _leads_back(code: str, parents: Mapping[str, str | None]) -> bool:
    above, seen = parents.get(code), set[str]()
    while above is not None and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def merge(stored: Iterable[Unit], files: OrganisationFiles) -> list[Unit]:
    """The versions of all units, by code and first day: those of the source, completed and followed by the files'."""
    by_code: dict[str, list[Unit]] = {}
    for unit in stored:
        by_code.setdefault(unit.code, []).append(unit)
    written: dict[str, list[UnitVersion]] = {}
    for one in sorted(files.units, key=lambda one: one.since):
        written.setdefault(one.code, []).append(one)
    merged = {code: [_complete(unit, written.get(code, ())) for unit in units] for code, units in by_code.items()}
    merged |= {code: [one.unit() for one in versions] for code, versions in written.items() if code not in by_code}
    for heir, versions in written.items():
        for code in dict.fromkeys(code for version in versions for code in version.predecessors):
            merged[code] = _succeeded(merged.get(code, []), heir)
    return sorted((unit for units in merged.values() for unit in units), key=lambda one: (one.code, one.starts_on))


def _complete(unit: Unit, written: Sequence[UnitVersion]) -> Unit:
    """A version of the source with what it leaves empty, from the file's version that holds when it begins."""
    if not written:
        return unit
    begun = [one for one in written if one.since <= unit.starts_on]
    file = (begun or written)[-1 if begun else 0].unit()
    return replace(
        unit,
        name=unit.name or file.name,
        level=unit.level or file.level,
        parent=unit.parent or file.parent,
        codes={**file.codes, **unit.codes},
        successors=unit.successors or (file.successors if unit.ends_on is not None else ()),
        email=unit.email or file.email,
        calendar=unit.calendar or file.calendar,
        receives=unit.receives and file.receives,
    )


def _succeeded(versions: Sequence[Unit], heir: str) -> list[Unit]:
    """The versions of a unit, the last of which names its heir where it has ended and names none."""
    if not versions or versions[-1].ends_on is None or versions[-1].successors:
        return list(versions)
    return [*versions[:-1], replace(versions[-1], successors=(heir,))]
