"""The VNeID report (Công văn số 6420/UBND, 05/9/2023): staff with a level-2 account, agency by agency."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from lienthong import Column, Document, Rejected, Sheet, Site
from reports.figures import number_text, share, share_text
from reports.month import Month
from store import tables as store
from store.reading import account_states, reading, service_periods

TITLE = "Kết quả kích hoạt tài khoản định danh điện tử mức độ 2 của cán bộ, công chức, viên chức, người hợp đồng"


class VneidActivation:
    """Builds the month's report. `count` and `payload` hold the rules: (periods, accounts, cut-off) → counts → figures.

    The cut-off is 00:00 local of the day `cut_off_day` of the month.
    """

    def __init__(
        self,
        site: Site,
        *,
        count: Callable[..., Mapping[str, Any]],
        payload: Callable[..., Mapping[str, Any]],
        agency: str,
        place: str,
        cut_off_day: Annotated[int, Field(ge=1, le=31)] = 25,
        notes: Sequence[str] = (),
        recipients: Sequence[str] = (),
    ) -> None:
        store.create(site.database)
        self._site = site
        self._count, self._payload = count, payload
        self._agency, self._place, self._cut_off_day = agency, place, cut_off_day
        self._notes, self._recipients = notes, recipients

    def build(self, period: str) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        as_at = self._cut_off(Month.of(period))
        with reading(self._site.database) as connection:
            periods = service_periods(connection)
            counts = self._count(periods, account_states(connection), as_at)
        names = {served.agency: served.agency_name for served in periods if served.agency_name}
        return Document(
            name=f"vneid-activation-{period}",
            title=TITLE,
            subtitle=f"Số liệu tính đến 00 giờ ngày {as_at:%d/%m/%Y}",
            period=period,
            agency=self._agency,
            place=self._place,
            issued_on=self._site.clock.now(),
            payload=self._payload(as_at, counts),
            sheets=(_by_agency(counts, names),),
            summary=_summary(counts, as_at),
            notes=self._notes,
            recipients=self._recipients,
        )

    def _cut_off(self, month: Month) -> date:
        try:
            return month.first.replace(day=self._cut_off_day)
        except ValueError:
            raise Rejected(f"{month} không có ngày {self._cut_off_day}", field="cut_off_day") from None


def _summary(counts: Mapping[str, Any], as_at: date) -> tuple[str, ...]:
    staff, activated = _totals(counts)
    whole = sum(found.staff == found.level2 for found in counts.values())
    return (
        f"Tính đến ngày {as_at:%d/%m/%Y}, toàn tỉnh có {number_text(staff)} cán bộ, công chức, viên chức, người hợp "
        f"đồng đang công tác tại {number_text(len(counts))} cơ quan, đơn vị; trong đó {number_text(activated)} người "
        f"đã kích hoạt tài khoản định danh điện tử mức độ 2, đạt {share_text(activated, staff)}.",
        f"Có {number_text(whole)} cơ quan, đơn vị đạt 100%; còn {number_text(len(counts) - whole)} cơ quan, đơn vị "
        f"chưa đạt, với {number_text(staff - activated)} người chưa kích hoạt.",
    )


def _by_agency(counts: Mapping[str, Any], names: Mapping[str, str]) -> Sheet:
    staff, activated = _totals(counts)
    return Sheet(
        "Theo cơ quan, đơn vị",
        (
            Column("TT", "number", 5),
            Column("Mã đơn vị", width=14),
            Column("Cơ quan, đơn vị", width=34),
            Column("Đang công tác", "number", 9),
            Column("Đã kích hoạt mức độ 2", "number", 9),
            Column("Chưa kích hoạt", "number", 9),
            Column("Tỷ lệ", "percent", 10),
        ),
        [
            (
                number,
                code,
                names.get(code, ""),
                found.staff,
                found.level2,
                found.staff - found.level2,
                share(found.level2, found.staff),
            )
            for number, (code, found) in enumerate(counts.items(), start=1)
        ],
        ("", "", "Tổng cộng", staff, activated, staff - activated, share(activated, staff)),
    )


def _totals(counts: Mapping[str, Any]) -> tuple[int, int]:
    return sum(found.staff for found in counts.values()), sum(found.level2 for found in counts.values())
