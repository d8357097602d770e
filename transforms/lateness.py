"""Why a dossier of the national portal (Cổng Dịch vụ công quốc gia) was late: the office, or the synchronisation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from lienthong import Calendar

Verdict = Literal["on_time", "office", "inbound", "outbound"]

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


def judge(moments: Moments, calendar: Calendar, limit: timedelta = LIMIT) -> Lateness:
    """The working time between the moments, by the calendar of the agency, and who made the dossier late.

    It is late when submitted → shown exceeds the limit. The office is the cause when arrived → accepted alone exceeds
    it, else the way in when submitted → accepted does, else the way back. Moments in the wrong order, as two clocks may
    show them, have no time between them. Raises `UnknownYear` for a year whose days off are not known.
    """

    def minutes(first: datetime, last: datetime) -> int:
        return int(calendar.between(first, last) // timedelta(minutes=1)) if first < last else 0

    allowed = int(limit // timedelta(minutes=1))
    office = minutes(moments.arrived, moments.accepted)
    verdict: Verdict = "on_time"
    if minutes(moments.submitted, moments.shown) > allowed:
        by_way_in = minutes(moments.submitted, moments.accepted) > allowed
        verdict = "office" if office > allowed else "inbound" if by_way_in else "outbound"
    return Lateness(
        office_minutes=office,
        inbound_minutes=minutes(moments.submitted, moments.arrived),
        outbound_minutes=minutes(moments.accepted, moments.shown),
        verdict=verdict,
    )
