"""Periods of service: who served where on which day."""

from collections.abc import Iterable
from datetime import date

from schemas.service_period import ServicePeriod


def in_service(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Whether `day` lies in `[starts_on, ends_on)`: the first day counts, the day of leaving does not."""
    return starts_on <= day and (ends_on is None or day < ends_on)


def newest(periods: Iterable[ServicePeriod]) -> list[ServicePeriod]:
    """The newest word on each period. A correction has the same staff number and first day, and is later."""
    kept: dict[tuple[str, date], ServicePeriod] = {}
    for period in periods:
        key = (period.staff_no, period.starts_on)
        if key not in kept or period.updated_at >= kept[key].updated_at:
            kept[key] = period
    return list(kept.values())


def pick(periods: Iterable[ServicePeriod], day: date) -> ServicePeriod | None:
    """The period that holds on `day`: among several the latest start wins, then the latest `updated_at`.

    An agency that forgot to close its period when the person moved on is thereby overruled by the next one.
    """
    serving = [period for period in newest(periods) if in_service(period.starts_on, period.ends_on, day)]
    return max(serving, key=lambda period: (period.starts_on, period.updated_at, period.staff_no), default=None)
