"""The province's indicators of serving citizens (Quyết định số 235/QĐ-UBND, 18/01/2024), from the national portal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lienthong import Column, Document, Sheet, Site, SourceName
from reports.figures import NO_SHARE, number_text, share
from reports.month import Month
from store import tables as store
from store.reading import portal_dossiers, reading

TITLE = "Kết quả thực hiện các chỉ tiêu thuộc Bộ chỉ số phục vụ người dân, doanh nghiệp"
NO_TARGET = "Chưa giao"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What one indicator is called and what was assigned: `target` in percent, None when nothing was."""

    title: str
    target: Decimal | None = None


class Indicators:
    """Builds the month's report. `count` and `payload` hold the rules: (dossiers, period, names) → shares → figures.

    `source` is the national portal's; `indicators` says which are reported, in which order.
    """

    def __init__(
        self,
        site: Site,
        *,
        source: SourceName,
        count: Callable[..., Mapping[str, Any]],
        payload: Callable[..., Mapping[str, Any]],
        indicators: Mapping[str, Indicator],
        agency: str,
        place: str,
        notes: Sequence[str] = (),
        recipients: Sequence[str] = (),
    ) -> None:
        store.create(site.database)
        self._site, self._source = site, source
        self._count, self._payload, self._indicators = count, payload, indicators
        self._agency, self._place = agency, place
        self._notes, self._recipients = notes, recipients

    def build(self, period: str) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.of(period)
        with reading(self._site.database) as connection:
            dossiers = portal_dossiers(connection, self._source, month)
        shares = self._count(dossiers, period, tuple(self._indicators))
        return Document(
            name=f"indicators-{period}",
            title=TITLE,
            subtitle=f"Kỳ báo cáo: {month} ({month.days()})",
            period=period,
            agency=self._agency,
            place=self._place,
            issued_on=self._site.clock.now(),
            payload=self._payload(period, shares),
            sheets=(_table(shares, self._indicators),),
            summary=_summary(month, len(dossiers), shares, self._indicators),
            notes=self._notes,
            recipients=self._recipients,
        )


def _summary(
    month: Month, dossiers: int, shares: Mapping[str, Any], indicators: Mapping[str, Indicator]
) -> tuple[str, ...]:
    verdicts = {
        indicator.title: _reached(shares[name], indicator)
        for name, indicator in indicators.items()
        if indicator.target is not None
    }
    missed = [title for title, reached in verdicts.items() if reached is False]
    first = (
        f"Trong {month}, Cổng Dịch vụ công quốc gia ghi nhận {number_text(dossiers)} hồ sơ được tiếp nhận. Trong "
        f"{len(verdicts)} chỉ tiêu có mức giao, {sum(reached is True for reached in verdicts.values())} chỉ tiêu đạt."
    )
    return (first, f"Chỉ tiêu chưa đạt: {'; '.join(missed)}.") if missed else (first,)


def _table(shares: Mapping[str, Any], indicators: Mapping[str, Indicator]) -> Sheet:
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


def _verdict(found: Any, indicator: Indicator) -> str:
    return {True: "Đạt", False: "Chưa đạt", None: NO_SHARE}[_reached(found, indicator)]


def _reached(found: Any, indicator: Indicator) -> bool | None:
    """Whether the target is reached, by the exact figures and not the rounded ones; None if there is nothing to say."""
    if indicator.target is None or found.denominator == 0:
        return None
    return bool(found.numerator * 100 >= indicator.target * found.denominator)
