"""The working time of one year as sorted numbers, so that reckoning is a few searches."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from lienthong.calendars.parts import Span

DAY = timedelta(days=1)
SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class WorkYear:
    """The office hours of a year, in microseconds since 1970 (UTC).

    - `opens`, `closes`: of each span, in order; none touches or overlaps the next. `before`: what is worked before it.
    - `days`: the days that are worked, in order. `total`: what is worked in the year.
    - `begins`, `ends`: its first instant, and the first one after it.
    """

    year: int
    begins: int
    ends: int
    opens: Sequence[int]
    closes: Sequence[int]
    before: Sequence[int]
    days: Sequence[date]
    total: int

    def worked(self, at: int) -> int:
        """What was worked in the year up to an instant of it."""
        index = bisect_right(self.opens, at) - 1
        return 0 if index < 0 else self.before[index] + min(at, self.closes[index]) - self.opens[index]

    def reached(self, worked: int) -> int:
        """The earliest instant at which so much was worked; more than nothing, at most `total`."""
        index = bisect_left(self.before, worked) - 1
        return self.opens[index] + worked - self.before[index]

    def left(self, worked: int) -> int:
        """The latest instant at which no more than this was worked; less than `total`."""
        index = bisect_right(self.before, worked) - 1
        return self.opens[index] + worked - self.before[index]

    def is_open(self, at: int) -> bool:
        index = bisect_right(self.opens, at) - 1
        return index >= 0 and at < self.closes[index]

    def next_open(self, at: int) -> int | None:
        """The instant itself or the next opening of the year."""
        if self.is_open(at):
            return at
        index = bisect_left(self.opens, at)
        return self.opens[index] if index < len(self.opens) else None

    def last_open(self, at: int) -> int | None:
        """The instant itself if something is worked up to it, or the last closing of the year before it."""
        index = bisect_left(self.opens, at) - 1
        return min(at, self.closes[index]) if index >= 0 else None

    def works(self, day: date) -> bool:
        index = bisect_left(self.days, day)
        return index < len(self.days) and self.days[index] == day

    def count_until(self, day: date) -> int:
        """How many days are worked up to and with a day of the year."""
        return bisect_right(self.days, day)

    def days_after(self, day: date) -> Sequence[date]:
        return self.days[bisect_right(self.days, day) :]

    def days_before(self, day: date) -> Sequence[date]:
        """The latest first."""
        return self.days[: bisect_left(self.days, day)][::-1]


def make_work_year(year: int, days: Sequence[tuple[date, int, tuple[Span, ...]]]) -> WorkYear:
    """`days`: each day of the year, its first instant (microseconds), its hours."""
    spans = [(at + opens * SECOND, at + closes * SECOND) for _, at, spans in days for opens, closes in spans]
    worked = list(accumulate((closes - opens for opens, closes in spans), initial=0))
    return WorkYear(
        year=year,
        begins=days[0][1],
        ends=days[-1][1] + 24 * 3600 * SECOND,
        opens=[opens for opens, _ in spans],
        closes=[closes for _, closes in spans],
        before=worked[:-1],
        days=[day for day, _, spans in days if spans],
        total=worked[-1],
    )
