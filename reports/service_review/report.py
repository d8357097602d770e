"""The monthly review of services (QĐ 27/2020/QĐ-UBND: periodic evaluation of online services)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from lienthong import WHOLE, Chart, Column, Document, Scope, Sheet, SourceName
from reports.figures import NO_SHARE, format_number, format_share, share
from reports.month import Month
from reports.monthly import MonthlyReport
from reports.service_review.rule import CHANNELS, Counts, Review, by_channel, by_procedure, proof, review, together
from store.instants import format_instant
from store.reading import snapshot
from store.service_facts import Offer, handled_dossiers, offers_on

LEVELS = {"information": "Cung cấp thông tin", "partial": "Một phần", "full": "Toàn trình"}
_OFFERED = ("partial", "full")
_MINUTES_OF_DAY = 24 * 60
_COUNTS = (
    *(Column("Tiếp nhận", "number", 9), Column("Đã xong", "number", 9), Column("Đúng hạn", "number", 9)),
    *(Column("Tỷ lệ đúng hạn", "percent", 9), Column("Đang xử lý quá hạn", "number", 9)),
    *(Column("Từ chối", "number", 8), Column("Rút", "number", 8), Column("Dừng", "number", 8)),
    Column("Số ngày trung bình", width=10),
)


@dataclass(kw_only=True, eq=False)
class ServiceReview(MonthlyReport):
    """Builds the month's review of the dossiers of `source`, the one-stop system, by the place that received them."""

    source: SourceName

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.parse(period)
        with snapshot(self.site.database) as connection:
            units = self.units(connection, month.last, scope)
            dossiers = handled_dossiers(connection, self.source, month.start, month.end)
            found = review(dossiers, units, format_instant(month.end))
            offers = offers_on(connection, month.last)
        procedures = by_procedure(found)
        channels = by_channel(procedures)
        unused = [code for code, offer in sorted(offers.items()) if _is_unused(procedures.get(code, {}), offer)]
        return self.document(
            month,
            name="service-review",
            title="Đánh giá việc cung cấp dịch vụ công theo thủ tục và hình thức nộp",
            payload={
                "period": month.period,
                "channels": {channel: counts._asdict() for channel, counts in channels.items()},
                "procedures": {
                    code: {
                        "online_level": offers[code].online_level if code in offers else None,
                        "channels": {channel: counts._asdict() for channel, counts in of.items()},
                    }
                    for code, of in procedures.items()
                },
                "offered_without_online": unused,
            },
            sheets=(_channels(channels), _procedures(procedures, offers, found), _unused(unused, procedures, offers)),
            summary=_summary(month, channels, unused, offers),
            charts=[
                Chart(
                    "Hồ sơ theo hình thức nộp",
                    "share",
                    [CHANNELS[channel] for channel in channels],
                    [("Hồ sơ", [counts.accepted for counts in channels.values()])],
                )
            ],
            figures=proof(found),
            scope=scope,
        )


def _is_unused(channels: Mapping[str, Counts], offer: Offer) -> bool:
    return offer.online_level in _OFFERED and "online" not in channels


def _summary(
    month: Month, channels: Mapping[str, Counts], unused: Sequence[str], offers: Mapping[str, Offer]
) -> tuple[str, ...]:
    total, online = together(channels.values()), channels.get("online", Counts())
    offered = sum(offer.online_level in _OFFERED for offer in offers.values())
    if not total.accepted:
        return (f"Trong {month}, không có hồ sơ nào được tiếp nhận.",)
    return (
        f"Trong {month}, có {format_number(total.accepted)} hồ sơ được tiếp nhận, trong đó "
        f"{format_number(online.accepted)}/{format_number(total.accepted)} nộp trực tuyến, đạt "
        f"{format_share(online.accepted, total.accepted)}; {format_number(total.in_time)}/"
        f"{format_number(total.finished)} hồ sơ đã xong đúng hạn, đạt {format_share(total.in_time, total.finished)}.",
        f"Trong {format_number(offered)} thủ tục cung cấp trực tuyến, {format_number(len(unused))} thủ tục không phát "
        f"sinh hồ sơ trực tuyến.",
    )


def _row(counts: Counts) -> tuple[object, ...]:
    return (
        *(counts.accepted, counts.finished, counts.in_time, share(counts.in_time, counts.finished)),
        *(counts.overdue, counts.refused, counts.withdrawn, counts.stopped, _days(counts)),
    )


def _days(counts: Counts) -> str:
    """The mean from acceptance to completion in days of 24 hours, rounded half up to tenths."""
    if not counts.dated:
        return NO_SHARE
    days = Decimal(counts.minutes) / (counts.dated * _MINUTES_OF_DAY)
    return format_number(days.quantize(Decimal("0.1"), ROUND_HALF_UP))


def _channels(channels: Mapping[str, Counts]) -> Sheet:
    rows = [(CHANNELS[channel], *_row(counts)) for channel, counts in channels.items()]
    columns = (Column("Hình thức nộp", width=24), *_COUNTS)
    return Sheet("Theo hình thức nộp", columns, rows, ("Tổng cộng", *_row(together(channels.values()))))


def _procedures(procedures: Mapping[str, Mapping[str, Counts]], offers: Mapping[str, Offer], found: Review) -> Sheet:
    of_procedure = (Column("Mã thủ tục", width=12), Column("Thủ tục hành chính", width=34))
    columns = (Column("TT", "number", 5), *of_procedure, Column("Mức độ", width=12), Column("Hình thức nộp", width=12))
    rows: list[tuple[object, ...]] = []
    for code, channels in procedures.items():
        offer = offers.get(code)
        level = LEVELS.get(offer.online_level, offer.online_level) if offer else "Không có trong danh mục"
        name = (offer.name if offer else None) or found.names.get(code, "")
        for channel, counts in channels.items():
            rows.append((len(rows) + 1, code, name, level, CHANNELS[channel], *_row(counts)))
    return Sheet("Theo thủ tục và hình thức nộp", (*columns, *_COUNTS), rows)


def _unused(
    unused: Sequence[str], procedures: Mapping[str, Mapping[str, Counts]], offers: Mapping[str, Offer]
) -> Sheet:
    columns = (
        *(Column("TT", "number", 5), Column("Mã thủ tục", width=14), Column("Thủ tục hành chính", width=56)),
        *(Column("Mức độ", width=16), Column("Hồ sơ hình thức khác", "number", 12)),
    )
    rows = [
        (number, code, offers[code].name or "", LEVELS[offers[code].online_level], _in_all(procedures.get(code, {})))
        for number, code in enumerate(unused, 1)
    ]
    return Sheet("Cung cấp trực tuyến, không phát sinh hồ sơ trực tuyến", columns, rows)


def _in_all(channels: Mapping[str, Counts]) -> int:
    return together(channels.values()).accepted
