"""The indicators of serving citizens (chỉ tiêu, Bộ chỉ số), over the national portal's dossiers, set by set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from lienthong import WHOLE, Document, Scope, SourceName
from reports.figures import format_number
from reports.indicators.definition import Indicator, IndicatorSet, in_force
from reports.indicators.judged import Whole, judge_units, judge_whole, payload, scores
from reports.indicators.tables import (
    below_sheet,
    charts,
    formulas_sheet,
    missed_words,
    points_sheet,
    trend_sheet,
    units_sheet,
    whole_sheet,
)
from reports.indicators.tally import Shares, Tally, months_of, tally
from reports.month import Month
from reports.monthly import MonthlyReport
from store.portal_facts import portal_dossiers
from store.reading import snapshot
from transforms.report_targets import ReportTargets

TITLE = "Kết quả thực hiện các chỉ tiêu thuộc Bộ chỉ số phục vụ người dân, doanh nghiệp"


@dataclass(kw_only=True, eq=False)
class Indicators(MonthlyReport):
    """Builds the month's report on the dossiers of `source`, the national portal.

    `name` begins the names of its files. `indicators` are the set, in its order; `targets` states what each is to
    reach, by unit and day; `months` is the length of the trend, which ends with the month itself.
    """

    source: SourceName
    indicators: Mapping[str, Indicator]
    targets: ReportTargets = field(default_factory=ReportTargets)
    name: str = "indicators"
    title: str = TITLE
    months: Annotated[int, Field(ge=1, le=36)] = 12

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.parse(period)
        indicators = in_force(self.indicators, month.last)
        months = list(months_of(month, self.months))
        with snapshot(self.site.database) as connection:
            units = self.units(connection, month.last, scope)
            dossiers = portal_dossiers(connection, self.source, [(one.start, one.end) for one in months])
            counted = tally(dossiers, indicators, months, units)
        shares = counted.whole()
        whole = judge_whole(shares, self.targets, units, month.last)
        found = judge_units(counted.by_unit(), self.targets, units, month.last)
        trend = _with_dossiers(counted)
        sheets = [whole_sheet(whole, indicators), units_sheet(found, indicators, units)]
        sheets += [below_sheet(found, indicators, units), trend_sheet(trend, indicators), formulas_sheet(indicators)]
        if scores(shares, indicators):
            sheets.insert(1, points_sheet(shares, indicators))
        return self.document(
            month,
            name=self.name,
            title=self.title,
            payload=payload(month, shares, found, indicators),
            sheets=sheets,
            summary=_summary(month, len(counted.population), whole, indicators),
            charts=charts(trend, found, indicators),
            figures=counted.figures(),
            scope=scope,
        )


def _with_dossiers(counted: Tally) -> dict[Month, Shares]:
    """The months from the first one of which the store has dossiers."""
    found = counted.trend()
    months = list(found)
    first = next((number for number, month in enumerate(months) if counted.months[month]), len(months) - 1)
    return {month: found[month] for month in months[first:]}


def _summary(month: Month, dossiers: int, whole: Whole, indicators: IndicatorSet) -> tuple[str, ...]:
    if not indicators:
        return (f"Bộ chỉ tiêu này không có hiệu lực trong {month}.",)
    with_target = [one for one in whole.values() if one.target is not None]
    reached = sum(one.reached is True for one in with_target)
    without_dossiers = sum(one.reached is None for one in with_target)
    text = f"Trong {month}, Cổng Dịch vụ công quốc gia ghi nhận {format_number(dossiers)} hồ sơ được tiếp nhận."
    if not with_target:
        return (f"{text} Kỳ này chưa có chỉ tiêu nào được giao mức.",)
    text += f" Trong {len(with_target)} chỉ tiêu có mức giao, {reached} chỉ tiêu đạt"
    text += f", {without_dossiers} chỉ tiêu không phát sinh hồ sơ." if without_dossiers else "."
    missed = missed_words(whole, indicators)
    return (text, f"Chỉ tiêu chưa đạt: {'; '.join(missed)}.") if missed else (text,)
