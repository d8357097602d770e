"""The notices of a month, by channel, happening and state."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lienthong import WHOLE, Column, Document, Figure, Scope, Sheet
from reports.figures import format_number
from reports.month import Month
from reports.monthly import MonthlyReport
from reports.population import Population
from store.notices.figures import (
    AT_GATEWAY,
    LeftNotice,
    MonthOfNotices,
    left_notices,
    name_of_state,
    notices_of,
)
from store.reading import snapshot

TITLE = "Thông báo gửi người dân và cán bộ"

CHANNELS = {"zalo": "Zalo", "sms": "SMS", "email": "Thư điện tử"}
HAPPENINGS = {
    "submitted": "Nộp hồ sơ",
    "accepted": "Tiếp nhận",
    "supplement_requested": "Yêu cầu bổ sung",
    "supplement_received": "Nhận bổ sung",
    "reappointed": "Hẹn lại ngày trả",
    "rejected": "Không tiếp nhận",
    "withdrawn": "Công dân rút",
    "completed": "Có kết quả",
    "returned": "Trả kết quả",
    "deadline.at_risk": "Sắp đến hạn",
    "deadline.breached": "Quá hạn",
}
STATES = {
    "sending": "Đang gửi",
    "accepted": "Cổng đã nhận",
    "failed": "Không gửi được",
    "in doubt": "Không rõ đã gửi chưa",
    "expired": "Hết thời gian hữu ích",
    "suppressed": "Không cần gửi nữa",
}


@dataclass(kw_only=True, eq=False)
class NoticesOfMonth(MonthlyReport):
    """Builds the month's report. A notice belongs to the month in which it left, or ended without leaving."""

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.parse(period)
        self.refuse_part(scope)
        with snapshot(self.site.database) as connection:
            found = notices_of(connection, month.start, month.end)
            figures = _proof(left_notices(connection, month.start, month.end))
        return self.document(
            month,
            name="notices",
            title=TITLE,
            payload={
                "period": month.period,
                "sent": _sorted(found.sent),
                "by_happening": _sorted(found.by_happening),
                "states": _sorted(found.states),
            },
            sheets=(
                _sheet("Theo kênh", "Kênh", found.sent, CHANNELS),
                _sheet("Theo việc", "Việc đã xảy ra", found.by_happening, HAPPENINGS),
                _sheet("Theo tình trạng", "Tình trạng", found.states, STATES),
            ),
            summary=_summary(month, found),
            figures=figures,
        )


def _proof(notices: Iterable[LeftNotice]) -> dict[str, Figure]:
    """By the path of each figure, the events that made the notices which it counts."""
    population: Population[tuple[str, ...]] = Population()
    for one in notices:
        sent = (f"sent.{one.channel}",) if one.state in AT_GATEWAY else ()
        population.add(one.event_id, (*sent, f"by_happening.{one.happening}", f"states.{name_of_state(one.state)}"))
    groups = list(population.groups())
    paths = sorted({path for group in groups for path in group})
    every = population.select_groups(groups)
    what = "Thông báo rời hệ thống hoặc kết thúc trong kỳ"
    figures = {}
    for path in paths:
        counted = population.select_groups(group for group in groups if path in group)
        figures[path] = Figure(what, counted, every)
    return figures


def _summary(month: Month, found: MonthOfNotices) -> tuple[str, ...]:
    total, sent = sum(found.states.values()), sum(found.sent.values())
    text = f"Trong {month} có {format_number(total)} thông báo, các cổng đã nhận {format_number(sent)}."
    if doubts := found.states["in doubt"]:
        return text, f"{format_number(doubts)} thông báo không rõ đã gửi hay chưa; xem `lienthong notices list`."
    return (text,)


def _sheet(name: str, heading: str, counts: Counter[str], words: dict[str, str]) -> Sheet:
    rows = [(words.get(key, key), count) for key, count in sorted(counts.items())]
    return Sheet(name, (Column(heading, width=34), Column("Số thông báo", "number", 14)), rows)


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
