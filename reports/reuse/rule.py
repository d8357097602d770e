"""Reuse of documents, dossier by dossier: what became of each component, and from where what was reused came."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lienthong import Figure
from reports.month import Month
from reports.units import Units
from store.documents.figures import Asked, Reused

OUTCOMES: Mapping[str, str] = {
    "attach": "Kho có một giấy tờ phù hợp, tự động đính kèm",
    "choose": "Kho có nhiều giấy tờ phù hợp, công dân chọn",
    "digitise": "Kho không có giấy tờ dùng được, phải số hóa",
    "not_asked": "Không hỏi kho trong kỳ, đã sử dụng lại",
}
"""What a component got from the store, in the order of the tables."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a dossier: how it was `asked` about last, what was `reused` for it last; one of both at least.

    `unit` received the dossier; None when it is not known.
    """

    dossier: str
    component: str
    asked: Asked | None
    reused: Reused | None
    unit: str | None

    @property
    def outcome(self) -> str:
        """A key of `OUTCOMES`."""
        return self.asked.outcome if self.asked else "not_asked"

    @property
    def event_id(self) -> str:
        """The event that stands for it in a proof."""
        one = self.reused or self.asked
        return one.event_id if one else ""


class Ratio(NamedTuple):
    """Dossiers or components with something reused, of all."""

    numerator: int
    denominator: int


def find_components(
    asked: Iterable[Asked], reused: Iterable[Reused], agencies: Mapping[str, str], units: Units
) -> list[Component]:
    """The components of a month, by dossier and code, of dossiers that units received which were asked for.

    `agencies`: by dossier, the place that the one-stop system names; without it, the first part of the code.
    """
    last_asked = {(one.dossier, one.component): one for one in asked}
    last_reused = {(one.dossier, one.component): one for one in reused}
    found = []
    for dossier, component in sorted(last_asked.keys() | last_reused.keys()):
        unit = units.receiver(agencies.get(dossier) or dossier.partition("-")[0])
        if units.scope.unit is None or (unit is not None and units.includes(unit)):
            key = (dossier, component)
            found.append(Component(dossier, component, last_asked.get(key), last_reused.get(key), unit))
    return found


def dossiers_of(components: Iterable[Component]) -> Ratio:
    """The dossiers with a component that was reused, of all that were asked about or reused for."""
    reusing = {one.dossier: False for one in components}
    reusing |= {one.dossier: True for one in components if one.reused}
    return Ratio(sum(reusing.values()), len(reusing))


def components_of(components: Sequence[Component]) -> Ratio:
    """The components that were reused, of all."""
    return Ratio(sum(one.reused is not None for one in components), len(components))


def by_unit(components: Iterable[Component]) -> dict[str, list[Component]]:
    """By the unit that received the dossier; those of which it is not known are left out."""
    found: dict[str, list[Component]] = {}
    for one in components:
        if one.unit is not None:
            found.setdefault(one.unit, []).append(one)
    return dict(sorted(found.items()))


def payload(month: Month, components: Sequence[Component], without_dossier: int) -> dict[str, object]:
    """For programs."""
    outcomes = Counter(one.outcome for one in components)
    origins = Counter(one.reused.origin for one in components if one.reused)
    return {
        "period": month.period,
        "dossiers": dossiers_of(components)._asdict(),
        "components": components_of(components)._asdict(),
        "outcomes": {name: outcomes[name] for name in OUTCOMES},
        "by_origin": dict(sorted(origins.items())),
        "by_unit": {unit: dossiers_of(of)._asdict() for unit, of in by_unit(components).items()},
        "asked_without_dossier": without_dossier,
        "items": [_item(one) for one in components],
    }


_DOCUMENT = ("document_id", "version", "document_type", "kind", "origin", "agency")


def _item(one: Component) -> dict[str, object]:
    return {
        "dossier": one.dossier,
        "component": one.component,
        "procedure": one.asked.procedure if one.asked else None,
        "outcome": one.outcome,
        "reused": {name: getattr(one.reused, name) for name in _DOCUMENT} if one.reused else None,
    }


def proof(components: Sequence[Component]) -> dict[str, Figure]:
    """By the path of each figure, an event for each component or dossier that it counts."""
    figures = {"components": _of_components("Thành phần được sử dụng lại trên số thành phần", components)}
    figures["dossiers"] = _of_dossiers(components)
    for name in OUTCOMES:
        ids = [one.event_id for one in components if one.outcome == name]
        figures[f"outcomes.{name}"] = Figure(OUTCOMES[name], ids)
    for unit, of in by_unit(components).items():
        figures[f"by_unit.{unit}"] = _of_dossiers(of)
    return figures


def _of_components(what: str, components: Sequence[Component]) -> Figure:
    reused = [one.event_id for one in components if one.reused]
    return Figure(what, reused, [one.event_id for one in components])


def _of_dossiers(components: Sequence[Component]) -> Figure:
    every = {one.dossier: one.event_id for one in components}
    reusing = {one.dossier: one.event_id for one in components if one.reused}
    what = "Hồ sơ có thành phần được sử dụng lại từ kho trên số hồ sơ đã hỏi kho hoặc đã sử dụng lại"
    return Figure(what, list(reusing.values()), list((every | reusing).values()))
