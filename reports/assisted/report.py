"""The report of Đề án 5299: accounts of the portal and online dossiers, in total and with the Youth Union's help."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from lienthong import WHOLE, Chart, Column, Document, Figure, Scope, Sheet, SourceName
from reports.figures import NO_SHARE, format_number, format_share, share
from reports.month import Month
from reports.monthly import MonthlyReport
from store.organisations import Assisted, accounts_before, filed_between
from store.reading import Connection, snapshot
from transforms.moments import local_midnight

TITLE = "Kết quả hỗ trợ người dân tạo tài khoản và nộp hồ sơ trực tuyến"


@dataclass(kw_only=True, eq=False)
class AssistedReport(MonthlyReport):
    """Builds the month's report, cumulative to its end: accounts from the beginning, dossiers from 1 January.

    `source` is the one-stop system, `bodies` those whose help counts.
    """

    source: SourceName
    bodies: Sequence[str] = ("DOAN_THANH_NIEN",)

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`.

        Raises `Rejected` for another period or a part, `Transient` without the database.
        """
        month = Month.parse(period)
        self.refuse_part(scope)
        as_at, first = month.next, month.first.replace(month=1)
        with snapshot(self.site.database) as connection:
            accounts = accounts_before(connection, month.end, self.bodies)
            filed = self._filed(connection, first, as_at)
            before = self._filed(connection, first.replace(year=first.year - 1), as_at.replace(year=as_at.year - 1))
        return self.document(
            month,
            name="assisted",
            title=TITLE,
            subtitle=f"Số liệu lũy kế đến trước ngày {as_at:%d/%m/%Y}",
            payload={
                "as_at": as_at.isoformat(),
                "accounts": {"total": len(accounts.all), "assisted": len(accounts.assisted)},
                "online_dossiers": {
                    "from": first.isoformat(),
                    "to": as_at.isoformat(),
                    "total": len(filed.all),
                    "assisted": len(filed.assisted),
                    "same_period_last_year": len(before.all),
                },
            },
            sheets=(_table(accounts, filed, before),),
            summary=_summary(accounts, filed, before, first),
            charts=[
                _shares("Tài khoản", accounts),
                _shares("Hồ sơ trực tuyến", filed),
                Chart(
                    "Hồ sơ trực tuyến so với cùng kỳ",
                    "bar",
                    [str(first.year - 1), str(first.year)],
                    [("Hồ sơ", [len(before.all), len(filed.all)])],
                ),
            ],
            figures={
                "accounts.total": Figure("Tài khoản đã tạo", accounts.all),
                "accounts.assisted": Figure("Tài khoản được hỗ trợ tạo", accounts.assisted, accounts.all),
                "online_dossiers.total": Figure("Hồ sơ nộp trực tuyến", filed.all),
                "online_dossiers.assisted": Figure("Hồ sơ được hỗ trợ nộp", filed.assisted, filed.all),
                "online_dossiers.same_period_last_year": Figure("Hồ sơ trực tuyến cùng kỳ năm trước", before.all),
            },
        )

    def _filed(self, connection: Connection, first: date, end: date) -> Assisted:
        period = (local_midnight(first), local_midnight(end))
        return filed_between(connection, self.source, period, self.bodies)


def growth(now: int, before: int) -> str:
    """The change in whole percent with its sign, rounded half up, such as `+79%`; `–` when there was nothing."""
    if before == 0:
        return NO_SHARE
    percent = (Decimal(now - before) * 100 / before).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{percent:+}%"


def _summary(accounts: Assisted, filed: Assisted, before: Assisted, first: date) -> tuple[str, ...]:
    return (
        f"Có {format_number(len(accounts.all))} tài khoản, trong đó {format_number(len(accounts.assisted))} tài khoản "
        f"được hỗ trợ tạo, đạt {format_share(len(accounts.assisted), len(accounts.all))}.",
        f"Từ ngày {first:%d/%m/%Y} có {format_number(len(filed.all))} hồ sơ nộp trực tuyến, so với cùng kỳ năm trước "
        f"({format_number(len(before.all))} hồ sơ) {growth(len(filed.all), len(before.all))}; trong đó "
        f"{format_number(len(filed.assisted))} hồ sơ được hỗ trợ nộp, đạt "
        f"{format_share(len(filed.assisted), len(filed.all))}.",
    )


def _table(accounts: Assisted, filed: Assisted, before: Assisted) -> Sheet:
    columns = (
        Column("Nội dung", width=40),
        Column("Tổng số", "number", 12),
        Column("Được hỗ trợ", "number", 12),
        Column("Tỷ lệ", "percent", 10),
        Column("Cùng kỳ năm trước", "number", 12),
        Column("So với cùng kỳ", width=12),
    )
    rows = [
        ("Tài khoản (lũy kế)", *_counts(accounts), NO_SHARE, NO_SHARE),
        (
            "Hồ sơ nộp trực tuyến (từ đầu năm)",
            *_counts(filed),
            len(before.all),
            growth(len(filed.all), len(before.all)),
        ),
    ]
    return Sheet("Kết quả hỗ trợ", columns, rows)


def _counts(found: Assisted) -> tuple[object, ...]:
    return len(found.all), len(found.assisted), share(len(found.assisted), len(found.all))


def _shares(title: str, found: Assisted) -> Chart:
    parts = [len(found.assisted), len(found.all) - len(found.assisted)]
    return Chart(title, "share", ["Được hỗ trợ", "Tự thực hiện"], [("Số lượng", parts)])
