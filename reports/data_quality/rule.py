"""Data quality: how many records of each source carry which flag, and which records are the worst."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import BaseModel

from lienthong import Figure, Personal, mask_data
from reports.population import Population
from reports.units import Units
from store.quality import Flagged

ANY = ""
"""Stands for "any flag" among the flags of a source."""


class Group(NamedTuple):
    """Records of one source and kind with just these flags."""

    source: str
    kind: str
    flags: str


@dataclass(slots=True)
class Quality:
    """The records of a month, and of the whole store `all_records`, by source, kind and flags.

    `agencies`: by kind, the agencies that belong to what was asked for.
    """

    population: Population[Group] = field(default_factory=Population)
    all_records: Counter[Group] = field(default_factory=Counter)
    agencies: dict[str, list[str]] = field(default_factory=dict)

    def sources(self) -> list[tuple[str, str]]:
        """Source and kind of what is there, sorted."""
        return sorted({(one.source, one.kind) for one in (*self.population.groups(), *self.all_records)})


class Count(NamedTuple):
    """Records of a source: with a flag (or with any), of all; in the month and in the whole store."""

    flagged: int
    records: int
    all_flagged: int
    all_records: int


def take_in(found: Quality, records: Iterable[Flagged], kind: str, units: Units) -> None:
    """Take in the records of a kind; of one unit alone, those whose place belongs to it."""
    agencies: dict[str | None, bool] = {}
    for one in records:
        if one.place not in agencies:
            agencies[one.place] = units.scope.unit is None or units.holds_place(one.place)
        if agencies[one.place]:
            found.population.add(one.event_id, Group(one.source, kind, one.quality))
    found.agencies[kind] = [place for place, is_meant in agencies.items() if is_meant and place is not None]


def count(found: Quality) -> dict[tuple[str, str], dict[str, Count]]:
    """By source and kind, then by flag; `ANY` comes first and counts the records with any flag."""
    month, store = found.population.groups(), found.all_records
    result: dict[tuple[str, str], dict[str, Count]] = {}
    for source, kind in found.sources():
        now = _by_flag(month, source, kind)
        ever = _by_flag(store, source, kind)
        result[source, kind] = {
            flag: Count(now.flags[flag], now.records, ever.flags[flag], ever.records)
            for flag in sorted({ANY, *now.flags, *ever.flags})
        }
    return result


def proof(found: Quality) -> dict[str, Figure]:
    """By the path of each figure, the events of the records that it counts."""
    groups = list(found.population.groups())
    figures = {}
    for (source, kind), counts in count(found).items():
        of_source = [one for one in groups if (one.source, one.kind) == (source, kind)]
        for flag in counts:
            having = [one for one in of_source if (flag in one.flags.split() if flag else one.flags)]
            path = f"sources.{source}.{kind}" + (f".flags.{flag}" if flag else "")
            select = found.population.select_groups
            figures[path] = Figure("Bản ghi có cờ chất lượng trên tổng số bản ghi", select(having), select(of_source))
    return figures


def masked(record: Mapping[str, Any], shape: type[BaseModel]) -> dict[str, Any]:
    """A record as it may be shown: what its schema marks as personal is masked, and numbers of persons everywhere."""
    marks = {
        name: mark.kind
        for name, one in shape.model_fields.items()
        for mark in one.metadata
        if isinstance(mark, Personal) and mark.kind != "none"
    }
    shown: dict[str, Any] = mask_data(dict(record), marks)
    return shown


class _OfSource(NamedTuple):
    records: int
    flags: Counter[str]


def _by_flag(groups: Mapping[Group, int], source: str, kind: str) -> _OfSource:
    flags: Counter[str] = Counter()
    records = 0
    for group, number in groups.items():
        if (group.source, group.kind) == (source, kind):
            records += number
            for flag in {ANY, *group.flags.split()} if group.flags else ():
                flags[flag] += number
    return _OfSource(records, flags)
