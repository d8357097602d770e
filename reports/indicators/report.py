"""The province's indicators of serving citizens (Quyết định số 235/QĐ-UBND, 18/01/2024), from the national portal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lienthong import WHOLE, Column, Document, Scope, Sheet, SourceName
from reports.figures import NO_SHARE, format_number, share
from reports.indicators.rule import FORMULAS, IndicatorName, Share, judge, payload
from reports.indicators.units import below_sheet, by_unit, charts, proof, unit_figures, units_sheet
from reports.month import Month
from reports.monthly import MonthlyReport
from reports.units import Units, read_units
from store.reading import portal_dossiers, snapshot
from store.rows import PortalDossier
from transforms.report_targets import ReportTargets

TITLE = "Kết quả thực hiện các chỉ tiêu thuộc Bộ chỉ số phục vụ người dân, doanh nghiệp"
NO_TARGET = "Chưa giao"


@dataclass(frozen=True, slots=True)
class Indicator:
    """The title of an indicator and its assigned `target` in percent; None when none was assigned."""

    title: str
    target: Decimal | None = None


@dataclass(kw_only=True, eq=False)
class Indicators(MonthlyReport):
    """Builds the month's report on the dossiers of `source`, the national portal.

    `indicators` are those to report, in their order.
    """

    source: SourceName
    indicators: Mapping[IndicatorName, Indicator]
    targets: ReportTargets = field(default_factory=ReportTargets)

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.parse(period)
        with snapshot(self.site.database) as connection:
            units = read_units(connection, month.last, scope, self.site.clock.now())
            dossiers = portal_dossiers(connection, self.source, month.start, month.end)
            earlier = portal_dossiers(connection, self.source, month.back(1).start, month.start)
        if scope.unit is not None:
            dossiers, earlier = _of_part(dossiers, units), _of_part(earlier, units)
        names, titles = list(self.indicators), {name: one.title for name, one in self.indicators.items()}
        whole = judge(dossiers, names)
        shares = {name: counted.share for name, counted in whole.items()}
        found = by_unit(dossiers, names, month=month, units=units, targets=self.targets)
        trend = {f"{month.back(1).first:%m/%Y}": judge(earlier, names), f"{month.first:%m/%Y}": whole}
        return self.document(
            month,
            name="indicators",
            title=TITLE,
            payload=payload(month, shares) | unit_figures(found, names),
            sheets=(
                _table(shares, self.indicators),
                units_sheet(found, titles, units),
                below_sheet(found, titles, units),
            ),
            summary=_summary(month, len(dossiers), shares, self.indicators),
            charts=charts(trend, found, titles),
            figures=proof(whole, found, _formula),
            scope=scope,
        )


def _of_part(dossiers: Sequence[PortalDossier], units: Units) -> list[PortalDossier]:
    """Those that a unit of the part asked for received."""
    by_code = {one.agency: units.receiver(one.agency) for one in dossiers}
    return [one for one in dossiers if (code := by_code[one.agency]) is not None and units.includes(code)]


def _formula(name: IndicatorName) -> str:
    """What an indicator counts, for readers."""
    return FORMULAS[name]


def _summary(
    month: Month,
    dossiers: int,
    shares: Mapping[IndicatorName, Share],
    indicators: Mapping[IndicatorName, Indicator],
) -> tuple[str, ...]:
    reached = {
        indicator.title: _reached(shares[name], indicator)
        for name, indicator in indicators.items()
        if indicator.target is not None
    }
    missed = [title for title, is_reached in reached.items() if is_reached is False]
    first = (
        f"Trong {month}, Cổng Dịch vụ công quốc gia ghi nhận {format_number(dossiers)} hồ sơ được tiếp nhận. Trong "
        f"{len(reached)} chỉ tiêu có mức giao, {list(reached.values()).count(True)} chỉ tiêu đạt."
    )
    return (first, f"Chỉ tiêu chưa đạt: {'; '.join(missed)}.") if missed else (first,)


def _table(shares: Mapping[IndicatorName, Share], indicators: Mapping[IndicatorName, Indicator]) -> Sheet:
    return Sheet(
        "Các chỉ tiêu",
        (
            Column("TT", "number", 5),
            Column("Chỉ tiêu", width=34),
            Column("Tử số", "number", 9),
            Column("Mẫu số", "number", 9),
            Column("Tỷ lệ", "percent", 10),
            Column("Mức giao", "percent", 10),
            Column("Kết quả", width=12),
        ),
        [
            (
                number,
                indicator.title,
                shares[name].numerator,
                shares[name].denominator,
                share(shares[name].numerator, shares[name].denominator),
                NO_TARGET if indicator.target is None else indicator.target / 100,
                _verdict(shares[name], indicator),
            )
            for number, (name, indicator) in enumerate(indicators.items(), start=1)
        ],
    )


def _verdict(found: Share, indicator: Indicator) -> str:
    return {True: "Đạt", False: "Chưa đạt", None: NO_SHARE}[_reached(found, indicator)]


def _reached(found: Share, indicator: Indicator) -> bool | None:
    """Whether the target is reached, by the exact figures and not the rounded ones.

    None without a target, and when the indicator counts no dossier.
    """
    if indicator.target is None or found.denominator == 0:
        return None
    return found.numerator * 100 >= indicator.target * found.denominator
