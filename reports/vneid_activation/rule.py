"""The VNeID report: per agency, staff in service at the cut-off, and those with a level-2 account by then.

Công văn 6420/UBND: figures on the 25th of each month.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lienthong import Rejected
from reports.month import Month
from schemas.service_period import ServicePeriod
from store.rows import AccountState
from transforms.moments import local_midnight
from transforms.service_periods import pick

_REQUIRED_LEVEL = 2


@dataclass(frozen=True, slots=True)
class Count:
    """The staff of one agency, and how many of them have a level-2 account."""

    staff: int = 0
    level2: int = 0


def cut_off(month: Month, day: int) -> date:
    """The cut-off date (ngày chốt số liệu). Raises `Rejected` for a day that the month does not have."""
    try:
        return month.first.replace(day=day)
    except ValueError:
        raise Rejected(f"{month} không có ngày {day}", field="cut_off_day") from None


def count(periods: Iterable[ServicePeriod], accounts: Iterable[AccountState], as_at: date) -> dict[str, Count]:
    """By agency code: everyone in service on the local date `as_at`, once, in the agency of that day.

    An account counts when its level 2 was activated before `as_at` 00:00 local.
    """
    midnight = local_midnight(as_at)
    activated = {
        account.identity for account in accounts if account.level >= _REQUIRED_LEVEL and account.activated_at < midnight
    }
    careers: dict[str, list[ServicePeriod]] = {}
    for period in periods:
        careers.setdefault(period.staff_no, []).append(period)
    counts: dict[str, Count] = {}
    for career in careers.values():
        serving = pick(career, as_at)
        if serving is not None:
            before = counts.get(serving.agency, Count())
            has_account = serving.identity in activated or serving.old_identity in activated
            counts[serving.agency] = Count(before.staff + 1, before.level2 + (1 if has_account else 0))
    return dict(sorted(counts.items()))


def payload(as_at: date, counts: Mapping[str, Count]) -> dict[str, object]:
    """The report for programs."""
    by_agency = {agency: {"staff": found.staff, "level2": found.level2} for agency, found in counts.items()}
    return {"as_at": as_at.isoformat(), "by_agency": by_agency}
