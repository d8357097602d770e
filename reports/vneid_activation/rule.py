"""The VNeID report: per agency, staff in service at the cut-off, and those with a level-2 account by then.

Công văn 6420/UBND: figures on the 25th of each month.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.service_period import ServicePeriod
from store.rows import AccountState
from transforms.moments import first_day, local_midnight
from transforms.service_periods import pick

_REQUIRED_LEVEL = 2


@dataclass(frozen=True, slots=True)
class Count:
    """Staff of one agency, and how many of them have a level-2 account."""

    staff: int = 0
    level2: int = 0


def cut_off(period: str, day: int) -> date:
    """The cut-off date of the month `2023-11`. Raises ValueError for a day the month does not have."""
    return first_day(period).replace(day=day)


def count(periods: Iterable[ServicePeriod], accounts: Iterable[AccountState], as_at: date) -> dict[str, Count]:
    """By agency code: everyone in service on the local date `as_at`, once, in the agency of that day.

    An account counts when its level 2 was activated before `as_at` 00:00 local.
    """
    midnight = local_midnight(as_at)
    activated = {
        account.identity for account in accounts if account.level >= _REQUIRED_LEVEL and account.activated_at < midnight
    }
    careers: dict[str, list[ServicePeriod]] = {}
    for served in periods:
        careers.setdefault(served.staff_no, []).append(served)
    counts: dict[str, Count] = {}
    for career in careers.values():
        serving = pick(career, as_at)
        if serving is not None:
            known = counts.get(serving.agency, Count())
            has_account = serving.identity in activated or serving.old_identity in activated
            counts[serving.agency] = Count(known.staff + 1, known.level2 + has_account)
    return dict(sorted(counts.items()))


def payload(as_at: date, counts: Mapping[str, Count]) -> dict[str, Any]:
    """The report for programs."""
    by_agency = {agency: {"staff": found.staff, "level2": found.level2} for agency, found in counts.items()}
    return {"as_at": as_at.isoformat(), "by_agency": by_agency}
