"""A period of service of a civil servant, as transforms and report rules use it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ServicePeriod:
    """One person's service in one agency on the local days `[starts_on, ends_on)`; `ends_on` is None while it lasts."""

    staff_no: str
    identity: str | None
    old_identity: str | None
    category: str
    agency: str
    agency_name: str | None
    starts_on: date
    ends_on: date | None
    updated_at: datetime
    event_id: str = ""
