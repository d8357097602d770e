"""Of the report on indicators: each unit against its target, those below it, and the proof of each figure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lienthong import Chart, Column, Figure, Sheet
from reports.figures import NO_SHARE, share
from reports.indicators.rule import Counted, IndicatorName, judge
from reports.month import Month
from reports.units import Units
from store.rows import PortalDossier
from transforms.moments import local_date
from transforms.report_targets import ReportTargets, Target

ByUnit = Mapping[str, Mapping[IndicatorName, "Judged"]]


@dataclass(frozen=True, slots=True)
class Judged:
    """The share of a unit, and its target of the period's last day."""

    counted: Counted
    target: Target | None

    @property
    def met(self) -> bool | None:
        """Whether the target is met, by the exact figures; None without one."""
        if self.target is None:
            return None
        found = self.counted.share
        return found.numerator * 100 >= Decimal(str(self.target.percent)) * found.denominator


def by_unit(
    dossiers: Iterable[PortalDossier],
    names: Sequence[IndicatorName],
    *,
    month: Month,
    units: Units,
    targets: ReportTargets,
) -> ByUnit:
    """By the unit that received the dossiers, each for itself. One that the catalogue does not know is left out."""
    received: dict[str, list[PortalDossier]] = {}
    for dossier in dossiers:
        day = local_date(dossier.accepted_at) if dossier.accepted_at else None
        unit = units.receiver(dossier.agency, day)
        if unit is not None:
            received.setdefault(unit, []).append(dossier)
    found: dict[str, dict[IndicatorName, Judged]] = {}
    for code in sorted(received):
        judged = judge(received[code], names)
        found[code] = {
            name: Judged(counted, targets.find(name, code, units.tree, month.last))
            for name, counted in judged.items()
            if counted.counted
        }
    return {code: shares for code, shares in found.items() if shares}


def unit_figures(found: ByUnit, names: Iterable[IndicatorName]) -> dict[str, object]:
    """For programs: the units with their targets, and by indicator those below them."""
    return {
        "by_unit": {
            code: {
                name: {
                    "numerator": one.counted.share.numerator,
                    "denominator": one.counted.share.denominator,
                    "target": None if one.target is None else one.target.percent,
                    "met": one.met,
                }
                for name, one in shares.items()
            }
            for code, shares in found.items()
        },
        "below_target": {name: below(found, name) for name in names},
    }


def below(found: ByUnit, name: IndicatorName) -> list[str]:
    """The units that miss their target of an indicator, by code."""
    return [code for code, shares in found.items() if name in shares and shares[name].met is False]


def proof(
    whole: Mapping[IndicatorName, Counted], found: ByUnit, formula: Callable[[IndicatorName], str]
) -> dict[str, Figure]:
    """By the path of each figure, the events of the dossiers that it counts."""
    figures = {f"indicators.{name}": _figure(counted, formula(name)) for name, counted in whole.items()}
    for code, shares in found.items():
        for name, one in shares.items():
            figures[f"by_unit.{code}.{name}"] = _figure(one.counted, formula(name))
    return figures


def _figure(counted: Counted, formula: str) -> Figure:
    return Figure(formula, sorted(counted.reached), sorted(counted.counted))


def below_sheet(found: ByUnit, titles: Mapping[IndicatorName, str], units: Units) -> Sheet:
    """For people: every unit below a target, by indicator."""
    columns = (
        Column("TT", "number", 5),
        Column("Chỉ tiêu", width=30),
        Column("Mã đơn vị", width=14),
        Column("Đơn vị", width=34),
        Column("Tử số", "number", 9),
        Column("Mẫu số", "number", 9),
        Column("Tỷ lệ", "percent", 10),
        Column("Mức giao", "percent", 10),
        Column("Căn cứ giao", width=24),
    )
    rows: list[tuple[object, ...]] = []
    for name, title in titles.items():
        for code in below(found, name):
            one = found[code][name]
            counts = one.counted.share
            reached = share(counts.numerator, counts.denominator)
            target = NO_SHARE if one.target is None else Decimal(str(one.target.percent)) / 100
            source = one.target.source if one.target else ""
            shown = (code, units.name(code), counts.numerator, counts.denominator, reached, target, source)
            rows.append((len(rows) + 1, title, *shown))
    return Sheet("Đơn vị chưa đạt mức giao", columns, rows)


def units_sheet(found: ByUnit, titles: Mapping[IndicatorName, str], units: Units) -> Sheet:
    """For people: a row for each unit, the share of each indicator."""
    columns = (
        Column("TT", "number", 5),
        Column("Mã đơn vị", width=14),
        Column("Đơn vị", width=34),
        *(Column(title, "percent", 12) for title in titles.values()),
    )
    rows = []
    for number, (code, shares) in enumerate(found.items(), 1):
        counts = [shares[name].counted.share if name in shares else None for name in titles]
        values = [NO_SHARE if one is None else share(one.numerator, one.denominator) for one in counts]
        rows.append((number, code, units.name(code), *values))
    return Sheet("Theo đơn vị tiếp nhận", columns, rows)


def charts(
    trend: Mapping[str, Mapping[IndicatorName, Counted]], found: ByUnit, titles: Mapping[IndicatorName, str]
) -> list[Chart]:
    """The indicators over the months, and how many units miss each target."""
    series = [
        (title, [_ratio(counts[name]) if name in counts else None for counts in trend.values()])
        for name, title in titles.items()
    ]
    missed = [len(below(found, name)) for name in titles]
    return [
        Chart("Các chỉ tiêu theo tháng", "line", list(trend), series, percent=True),
        Chart("Số đơn vị chưa đạt mức giao", "bar", list(titles.values()), [("Đơn vị", missed)]),
    ]


def _ratio(counted: Counted) -> Decimal | None:
    found = share(counted.share.numerator, counted.share.denominator)
    return None if isinstance(found, str) else found
