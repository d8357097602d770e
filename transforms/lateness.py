"""Why a dossier of the national portal (Cổng Dịch vụ công quốc gia) was late: the office, or the synchronisation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from lienthong import LOCAL_ZONE, Calendar

Verdict = Literal["on_time", "office", "inbound", "outbound"]

_MINUTE = timedelta(minutes=1)

LIMIT = timedelta(hours=8)
"""Working hours from the submission until the citizen sees the dossier accepted (Quyết định 27/2020/QĐ-UBND)."""


@dataclass(frozen=True, slots=True)
class Moments:
    """The four moments of a dossier, in UTC, each as its own system states it.

    - `submitted`: on the portal. `arrived`: in the one-stop system. `accepted`: by an officer there.
    - `shown`: when the portal was first seen to show it as accepted.
    """

    submitted: datetime
    arrived: datetime
    accepted: datetime
    shown: datetime


@dataclass(frozen=True, slots=True)
class Lateness:
    """Whole working minutes of the office and of the synchronisation both ways, and what they come to."""

    office_minutes: int
    inbound_minutes: int
    outbound_minutes: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Clocks:
    """How far the clock of each system may be from the true time, either way; that of the bus is the true one."""

    local: timedelta = timedelta(0)
    portal: timedelta = timedelta(0)


EXACT = Clocks()


def judge(moments: Moments, calendar: Calendar, limit: timedelta = LIMIT, clocks: Clocks = EXACT) -> Lateness:
    """The working time between the moments, by the calendar of the agency, and who made the dossier late.

    It is late when submitted → shown exceeds the limit. The office is the cause when arrived → accepted alone exceeds
    it, else the way in when submitted → accepted does, else the way back. Moments in the wrong order, as two clocks may
    show them, have no time between them.

    Where clocks may be wrong, a stretch exceeds the limit only if it does so whatever they showed within `clocks`. The
    minutes are those between the moments as they are stated. Raises `UnknownYear` for a year whose days off are not
    known.
    """

    def minutes(first: datetime, last: datetime) -> int:
        return int(calendar.between(first, last) // _MINUTE) if first < last else 0

    allowed = int(limit // _MINUTE)
    submitted = moments.submitted + clocks.portal
    verdict: Verdict = "on_time"
    if minutes(submitted, moments.shown) > allowed:
        shifts = _shifts((moments.arrived, moments.accepted), calendar, clocks.local)
        by_office = all(minutes(moments.arrived + one, moments.accepted + one) > allowed for one in shifts)
        by_way_in = minutes(submitted, moments.accepted - clocks.local) > allowed
        verdict = "office" if by_office else "inbound" if by_way_in else "outbound"
    return Lateness(
        office_minutes=minutes(moments.arrived, moments.accepted),
        inbound_minutes=minutes(moments.submitted, moments.arrived),
        outbound_minutes=minutes(moments.accepted, moments.shown),
        verdict=verdict,
    )


def _shifts(moments: Sequence[datetime], calendar: Calendar, tolerance: timedelta) -> Iterator[timedelta]:
    """By how much one clock may have been wrong: none, all, and so much that a moment falls on an opening or closing.

    Between these the working time from one moment to another grows or shrinks evenly, so it is shortest at one of them.
    """
    yield timedelta(0)
    if not tolerance:
        return
    yield from (-tolerance, tolerance)
    for moment in moments:
        day = (moment - tolerance).astimezone(LOCAL_ZONE).date()
        while (midnight := datetime.combine(day, time(), LOCAL_ZONE)) <= moment + tolerance:
            edges = (midnight + timedelta(seconds=edge) for span in calendar.day(day).spans for edge in span)
            yield from (edge - moment for edge in edges if abs(edge - moment) < tolerance)
            day += timedelta(days=1)
