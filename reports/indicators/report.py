"""The province's indicators of serving citizens (Quyết định số 235/QĐ-UBND, 18/01/2024), from the national portal."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lienthong import WHOLE, Column, Document, Scope, Sheet, SourceName
from reports.figures import NO_SHARE, format_number, share
from reports.indicators.rule import IndicatorName, Share, count, payload
from reports.month import Month
from reports.monthly import MonthlyReport
from store.reading import portal_dossiers, snapshot

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

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.parse(period)
        self.refuse_part(scope)
        with snapshot(self.site.database) as connection:
            dossiers = portal_dossiers(connection, self.source, month.start, month.end)
        shares = count(dossiers, month, self.indicators)
        return self.document(
            month,
            name="indicators",
            title=TITLE,
            payload=payload(month, shares),
            sheets=(_table(shares, self.indicators),),
            summary=_summary(month, len(dossiers), shares, self.indicators),
        )


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
