"""Days off and offices written by hand, without the library and without the code under test.

The days are those of the notices for officials of 2023 to 2026, and for 2027 those that the law gives.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from lienthong.calendars.calendar import Calendar
from lienthong.calendars.parts import Basis, DayRule, WeekHours

FIRST, LAST = date(2023, 1, 1), date(2027, 12, 31)

OFF = """
2023: 01-01 01-02 01-20 01-21 01-22 01-23 01-24 01-25 01-26 04-29 04-30 05-01 05-02 05-03 09-01 09-02 09-04
2024: 01-01 02-08 02-09 02-10 02-11 02-12 02-13 02-14 04-18 04-29 04-30 05-01 09-02 09-03
2025: 01-01 01-27 01-28 01-29 01-30 01-31 02-01 04-07 04-30 05-01 05-02 09-01 09-02
2026: 01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-26 04-27 04-30 05-01 08-31 09-01 09-02 11-24
2027: 01-01 02-04 02-05 02-06 02-07 02-08 02-09 02-10 04-16 04-30 05-01 05-03 09-02 09-03 11-24
"""
SWAPS = {
    date(2024, 4, 29): date(2024, 5, 4),
    date(2025, 5, 2): date(2025, 4, 26),
    date(2026, 1, 2): date(2026, 1, 10),
    date(2026, 8, 31): date(2026, 8, 22),
}
"""By day off, the Saturday that is worked instead."""

CLOSING = (date(2025, 6, 30), date(2025, 7, 1))
"""Days on which the one-stop centre was closed: the province was merged."""

NIGHT, MORNING, NOON, AFTERNOON, EVENING = 0, 7 * 60, 11 * 60 + 30, 13 * 60 + 30, 17 * 60
"""Minutes of a day."""

FULL = ((MORNING, NOON), (AFTERNOON, EVENING))
HALF = ((MORNING, NOON),)
LATE = ((450, 690), (780, 1020))
"""07:30-11:30 and 13:00-17:00, in winter hours that begin in 2025."""


def days_off() -> frozenset[date]:
    lines = (line.split(":") for line in OFF.strip().splitlines())
    return frozenset(date.fromisoformat(f"{year}-{day}") for year, days in lines for day in days.split())


def minutes_of(day: date, office: str) -> tuple[tuple[int, int], ...]:
    """The open minutes of a day at an office: `plain`, `saturdays` (open on their mornings), or `centre`."""
    if office == "centre" and day in CLOSING:
        return ()
    if day in SWAPS.values():
        return _week(0, day, office)
    return () if day in days_off_once else _week(day.weekday(), day, office)


def _week(weekday: int, day: date, office: str) -> tuple[tuple[int, int], ...]:
    if weekday == 6:
        return ()
    if weekday == 5:
        return HALF if office != "plain" else ()
    return LATE if office == "centre" and day >= date(2025, 1, 1) else FULL


days_off_once = days_off()


def open_minutes(office: str) -> bytearray:
    """For each minute since the first midnight, whether the office is open."""
    day, minutes = FIRST, bytearray()
    while day <= LAST:
        row = bytearray(1440)
        for opens, closes in minutes_of(day, office):
            row[opens:closes] = b"\1" * (closes - opens)
        minutes += row
        day += timedelta(days=1)
    return minutes


# The same offices as calendars.

_BASIS = Basis("Thông báo", date(2022, 12, 1))


def _rules() -> Mapping[date, DayRule]:
    swapped = {day: DayRule("nghỉ hoán đổi", works=False, basis=_BASIS) for day in SWAPS}
    saturdays = {day: DayRule("làm bù", works=True, basis=_BASIS, like=0) for day in SWAPS.values()}
    return {**swapped, **saturdays}


def _in_seconds(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    return tuple((opens * 60, closes * 60) for opens, closes in spans)


PLAIN = Calendar(
    "plain", country="VN", rules=_rules(), announced=dict.fromkeys(range(2023, 2027), _BASIS), is_default=True
)
SATURDAYS = Calendar("saturdays", layers=((WeekHours({5: _in_seconds(HALF)}),),))
CENTRE = Calendar(
    "centre",
    layers=((WeekHours({day: _in_seconds(LATE) for day in range(5)}, since=date(2025, 1, 1)),),),
    rules={day: DayRule("đóng cửa", works=False) for day in CLOSING},
)
