"""The indicators of a report against their targets, and of a scored set their points."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.indicators.definition import IndicatorSet
from reports.indicators.tally import Share, Shares
from reports.month import Month
from reports.units import Units
from transforms.report_targets import EVERY, ReportTargets, Target

_HALF = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Judged:
    """What was counted, and the target of the period's last day."""

    share: Share
    target: Target | None

    @property
    def met(self) -> bool | None:
        """Whether the target is met, by the exact figures and not the rounded ones; None without one."""
        if self.target is None:
            return None
        return self.share.numerator * 100 >= Decimal(str(self.target.percent)) * self.share.denominator

    @property
    def reached(self) -> bool | None:
        """The same; None also when nothing is counted."""
        return self.met if self.share.denominator else None


Whole = Mapping[str, Judged]
"""By the name of the indicator, of everything that was asked for."""

ByUnit = Mapping[str, Mapping[str, Judged]]
"""By unit, then by the name of the indicator."""


def judge_whole(shares: Shares, targets: ReportTargets, units: Units, day: date) -> Whole:
    """Against the targets of the unit that was asked for; of the whole, against those of the province."""
    unit = units.scope.unit or next((one for one in units.tree.codes() if units.tree.is_province(one)), EVERY)
    return {name: Judged(share, targets.find(name, unit, units.tree, day)) for name, share in shares.items()}


def judge_units(by_unit: Mapping[str, Shares], targets: ReportTargets, units: Units, day: date) -> ByUnit:
    """Each unit against its own target, that which one above it hands on, or that of every unit."""
    return {
        unit: {name: Judged(share, targets.find(name, unit, units.tree, day)) for name, share in shares.items()}
        for unit, shares in by_unit.items()
    }


def below(found: ByUnit, name: str) -> list[str]:
    """The units that miss their target of an indicator, by code."""
    return [code for code, shares in found.items() if name in shares and shares[name].met is False]


@dataclass(frozen=True, slots=True)
class Score:
    """The points of a group: of those that can be counted (`counted`) and of all that it gives (`most`)."""

    points: Decimal
    counted: Decimal
    most: Decimal


def scores(shares: Shares, indicators: IndicatorSet) -> dict[str, Score]:
    """By group, in the order of the indicators; empty for a set that gives no points."""
    found: dict[str, Score] = {}
    for name, one in indicators.items():
        if one.points is None:
            continue
        before = found.get(one.group, Score(Decimal(0), Decimal(0), Decimal(0)))
        points, most = one.score(*shares.get(name, Share())), Decimal(str(one.points))
        counted = Decimal(0) if points is None else most
        found[one.group] = Score(before.points + (points or 0), before.counted + counted, before.most + most)
    return found


def payload(month: Month, whole: Shares, found: ByUnit, indicators: IndicatorSet) -> dict[str, object]:
    """For programs: the indicators, the units with their targets, by indicator those below it, and the points."""
    result: dict[str, object] = {
        "period": month.period,
        "indicators": {name: share._asdict() for name, share in whole.items()},
        "by_unit": {
            code: {
                name: {
                    **one.share._asdict(),
                    "target": None if one.target is None else one.target.percent,
                    "met": one.met,
                }
                for name, one in shares.items()
            }
            for code, shares in found.items()
        },
        "below_target": {name: below(found, name) for name in whole},
    }
    by_group = scores(whole, indicators)
    if by_group:
        result["scores"] = {
            "groups": {group: _points(one.points, one.counted, one.most) for group, one in by_group.items()},
            "total": _points(*_total(by_group.values())),
        }
    return result


def _total(parts: Iterable[Score]) -> tuple[Decimal, Decimal, Decimal]:
    together = [(one.points, one.counted, one.most) for one in parts]
    points, counted, most = (sum(column, Decimal(0)) for column in zip(*together, strict=True))
    return points, counted, most


def _points(points: Decimal, counted: Decimal, most: Decimal) -> dict[str, float]:
    return {"points": float(points.quantize(_HALF)), "counted": float(counted), "most": float(most)}
