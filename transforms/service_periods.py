"""Periods of service: which agency a person served in on a given day."""

from collections.abc import Iterable
from datetime import date

from schemas.service_period import ServicePeriod


def in_service(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Whether `day` lies in `[starts_on, ends_on)`: the first day counts, the day of leaving does not."""
    return starts_on <= day and (ends_on is None or day < ends_on)


def newest_versions(periods: Iterable[ServicePeriod]) -> list[ServicePeriod]:
    """The newest version of each period. A correction has the same staff number and first day, and a later update."""
    newest: dict[tuple[str, date], ServicePeriod] = {}
    for period in periods:
        key = (period.staff_no, period.starts_on)
        if key not in newest or period.updated_at >= newest[key].updated_at:
            newest[key] = period
    return list(newest.values())


def pick(periods: Iterable[ServicePeriod], day: date) -> ServicePeriod | None:
    """The period of a person that includes `day`. Of several, the one updated last, then the higher staff number.

    A person who stands in the register twice is one person: in the agency that the register showed last.
    """
    serving = [period for period in newest_versions(periods) if in_service(period.starts_on, period.ends_on, day)]
    return max(serving, key=lambda period: (period.updated_at, period.staff_no, period.starts_on), default=None)
