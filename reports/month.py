"""The month a report is about."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from lienthong import Rejected
from transforms.moments import local_midnight

_PERIOD = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in Vietnam: `[start, end)`, from local midnight to local midnight."""

    first: date
    """Its first day."""

    @classmethod
    def parse(cls, period: str) -> Self:
        """The month written as `2023-11`. Raises `Rejected` (field `period`) for anything else."""
        match = _PERIOD.fullmatch(period)
        if match is None:
            raise Rejected(f"{period!r} không phải kỳ báo cáo; phải viết như 2023-11 (năm-tháng)", field="period")
        return cls(date(int(match[1]), int(match[2]), 1))

    @property
    def next(self) -> date:
        """The first day of the month after it."""
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next - timedelta(days=1)

    def back(self, months: int) -> "Month":
        """The month that lies `months` months before it."""
        number = self.first.year * 12 + self.first.month - 1 - months
        return Month(date(number // 12, number % 12 + 1, 1))

    @property
    def start(self) -> datetime:
        """Its first instant, in UTC."""
        return local_midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first instant after it, in UTC."""
        return local_midnight(self.next)

    @property
    def period(self) -> str:
        """The month as `2023-11`."""
        return f"{self.first:%Y-%m}"

    def contains(self, moment: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.start <= moment < self.end

    def __str__(self) -> str:
        return f"tháng {self.first.month} năm {self.first.year}"

    def days(self) -> str:
        """Its first and last day, for a report's subtitle."""
        return f"từ ngày {self.first:%d/%m/%Y} đến hết ngày {self.next - timedelta(days=1):%d/%m/%Y}"
