"""A period of service of a civil servant, as rules and reports look at it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ServicePeriod:
    """Service `[starts_on, ends_on)` of one person in one agency, local dates; `ends_on` None while it lasts."""

    staff_no: str
    identity: str | None
    old_identity: str | None
    category: str
    agency: str
    agency_name: str | None
    starts_on: date
    ends_on: date | None
    updated_at: datetime
