"""The VNeID report (Công văn số 6420/UBND, 05/9/2023): staff with a level-2 account, agency by agency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from lienthong import WHOLE, Column, Document, Scope, Sheet
from reports.figures import format_number, format_share, share
from reports.month import Month
from reports.monthly import MonthlyReport
from reports.vneid_activation.rule import Count, Numbers, count_numbers, cut_off, payload, people, serving_periods
from reports.vneid_activation.units import (
    as_json,
    below_sheet,
    change,
    charts_of_people,
    count_people,
    proof_of_people,
    rolled_up_sheet,
)
from store.reading import account_states, service_periods, snapshot, unreadable_numbers

TITLE = "Kết quả kích hoạt tài khoản định danh điện tử mức độ 2 của cán bộ, công chức, viên chức, người hợp đồng"


@dataclass(kw_only=True, eq=False)
class VneidActivation(MonthlyReport):
    """Builds the month's report, as at 00:00 local time of the day `cut_off_day` of the month."""

    cut_off_day: Annotated[int, Field(ge=1, le=31)] = 25

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.parse(period)
        as_at = cut_off(month, self.cut_off_day)
        before = cut_off(month.back(1), min(self.cut_off_day, month.back(1).last.day))
        with snapshot(self.site.database) as connection:
            units = self.units(connection, as_at, scope)
            periods, accounts = service_periods(connection), account_states(connection)
            unreadable = unreadable_numbers(connection)
        serving = [one for one in serving_periods(periods, as_at) if units.includes(one.agency)]
        found = people(serving, accounts, as_at)
        earlier = people(
            [one for one in serving_periods(periods, before) if units.includes(one.agency)], accounts, before
        )
        counts, rolled_up = count_people(found, units)
        numbers = count_numbers(serving, unreadable)
        names = {period.agency: period.agency_name for period in periods if period.agency_name}
        names |= {code: name for code in rolled_up if (name := units.name(code))}
        return self.document(
            month,
            name="vneid-activation",
            title=TITLE,
            subtitle=f"Số liệu tính đến 00 giờ ngày {as_at:%d/%m/%Y}",
            payload=payload(as_at, counts) | {"rolled_up": as_json(rolled_up)},
            sheets=(
                _by_agency(counts, names),
                rolled_up_sheet(rolled_up, count_people(earlier, units)[1], units),
                below_sheet(counts, names),
                _quality(numbers),
            ),
            summary=(*_summary(counts, as_at), *change(found, earlier, before), *_about_numbers(numbers)),
            charts=charts_of_people(found, rolled_up, units),
            figures=proof_of_people(found, units),
            scope=scope,
        )


def _summary(counts: Mapping[str, Count], as_at: date) -> tuple[str, ...]:
    staff, activated = _totals(counts)
    complete = sum(1 for found in counts.values() if found.staff == found.level2)
    return (
        f"Tính đến ngày {as_at:%d/%m/%Y}, toàn tỉnh có {format_number(staff)} cán bộ, công chức, viên chức, người hợp "
        f"đồng đang công tác tại {format_number(len(counts))} cơ quan, đơn vị; trong đó {format_number(activated)} "
        f"người đã kích hoạt tài khoản định danh điện tử mức độ 2, đạt {format_share(activated, staff)}.",
        f"Có {format_number(complete)} cơ quan, đơn vị đạt 100%; còn {format_number(len(counts) - complete)} cơ quan, "
        f"đơn vị chưa đạt, với {format_number(staff - activated)} người chưa kích hoạt.",
    )


def _by_agency(counts: Mapping[str, Count], names: Mapping[str, str]) -> Sheet:
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


def _about_numbers(numbers: Numbers) -> tuple[str, ...]:
    if not numbers.missing:
        return ()
    return (
        f"Có {format_number(numbers.missing)} người không có số định danh cá nhân hoặc số chứng minh nhân dân dùng "
        f"được, trong đó {format_number(numbers.unreadable)} người có giá trị nhưng không đọc được; những người này "
        f"được tính là chưa kích hoạt. Chi tiết tại bảng Chất lượng dữ liệu.",
    )


def _quality(numbers: Numbers) -> Sheet:
    empty = numbers.missing - numbers.unreadable - numbers.unknown
    rows = [
        ("Không có số định danh cá nhân hoặc số chứng minh nhân dân dùng được", numbers.missing),
        ("Trong đó: có giá trị nhưng không đọc được (dạng 5,2E+10, thiếu chữ số…)", numbers.unreadable),
        ("Trong đó: để trống", empty),
        ("Chỉ có số chứng minh nhân dân cũ", numbers.old_only),
    ]
    if numbers.unknown:
        rows.insert(3, ("Trong đó: chưa rõ, vì kho dữ liệu lưu từ phiên bản trước", numbers.unknown))
    return Sheet(
        "Chất lượng dữ liệu",
        (
            Column("TT", "number", 5),
            Column("Nội dung", width=46),
            Column("Số người", "number", 11),
            Column("Tỷ lệ", "percent", 10),
        ),
        [(number, text, found, share(found, numbers.staff)) for number, (text, found) in enumerate(rows, start=1)],
        ("", "Tổng số người đang công tác", numbers.staff, ""),
    )


def _totals(counts: Mapping[str, Count]) -> tuple[int, int]:
    """All staff, and those with a level-2 account."""
    return sum(found.staff for found in counts.values()), sum(found.level2 for found in counts.values())
