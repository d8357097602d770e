"""The month a report is about: `[from, to)` in local time (Asia/Ho_Chi_Minh)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from lienthong import LOCAL_ZONE, Rejected


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in Vietnam."""

    first: date

    @classmethod
    def of(cls, period: str) -> Self:
        """The month written `2023-11`. Raises `Rejected` for anything else."""
        match = re.fullmatch(r"([12]\d{3})-(0[1-9]|1[0-2])", period, re.ASCII)
        if match is None:
            raise Rejected(f"{period!r} không phải kỳ báo cáo; phải viết như 2023-11 (năm-tháng)", field="period")
        return cls(date(int(match[1]), int(match[2]), 1))

    @property
    def next(self) -> date:
        """The first day that no longer belongs to it."""
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """`[from, to)` in UTC."""
        return _midnight(self.first), _midnight(self.next)

    def __str__(self) -> str:
        return f"tháng {self.first.month} năm {self.first.year}"

    def days(self) -> str:
        """Its days, for a report's subtitle."""
        return f"từ ngày {self.first:%d/%m/%Y} đến hết ngày {self.next - timedelta(days=1):%d/%m/%Y}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL_ZONE).astimezone(UTC)
