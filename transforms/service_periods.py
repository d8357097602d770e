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
    """The period that includes `day`. Of several, the latest start wins, then the latest `updated_at`.

    So the period of the next agency wins over one that an agency did not close when the person left.
    """
    serving = [period for period in newest_versions(periods) if in_service(period.starts_on, period.ends_on, day)]
    return max(serving, key=lambda period: (period.starts_on, period.updated_at, period.staff_no), default=None)
