"""The VNeID report: per agency, staff in service at the cut-off, and those with a level-2 account by then.

Công văn 6420/UBND: figures on the 25th of each month.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many of all staff have no usable number (`missing`), and why.

    - Of these, `unreadable` have a value that is no number, and of `unknown` it is not known whether they have.
    - `old_only` have the number of an old CMND alone.
    """

    staff: int
    missing: int
    unreadable: int
    unknown: int
    old_only: int


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
    counts: dict[str, Count] = {}
    for person in people(serving_periods(periods, as_at), accounts, as_at):
        before = counts.get(person.serving.agency, Count())
        level2 = before.level2 + (person.account is not None)
        counts[person.serving.agency] = Count(before.staff + 1, level2)
    return dict(sorted(counts.items()))


@dataclass(frozen=True, slots=True)
class Person:
    """A person in service, with the level-2 account of the cut-off day, or None."""

    serving: ServicePeriod
    account: AccountState | None


def people(serving: Iterable[ServicePeriod], accounts: Iterable[AccountState], as_at: date) -> list[Person]:
    """Those in service, each with the account that counts."""
    midnight = local_midnight(as_at)
    activated = {
        account.identity: account
        for account in accounts
        if account.level >= _REQUIRED_LEVEL and account.activated_at < midnight
    }
    return [Person(one, activated.get(one.identity or "") or activated.get(one.old_identity or "")) for one in serving]


def serving_periods(periods: Iterable[ServicePeriod], as_at: date) -> list[ServicePeriod]:
    """The period of each person in service on the local date `as_at`."""
    careers: dict[str, list[ServicePeriod]] = {}
    for period in periods:
        careers.setdefault(period.staff_no, []).append(period)
    serving = (pick(career, as_at) for career in careers.values())
    return [period for period in serving if period is not None]


def count_numbers(serving: Sequence[ServicePeriod], unreadable: Mapping[tuple[str, date], bool | None]) -> Numbers:
    """The numbers of those in service. `unreadable` is `store.reading.unreadable_numbers`."""
    missing = [period for period in serving if period.identity is None and period.old_identity is None]
    kinds = Counter(unreadable.get((period.staff_no, period.starts_on), False) for period in missing)
    old_only = sum(period.identity is None and period.old_identity is not None for period in serving)
    return Numbers(len(serving), len(missing), kinds[True], kinds[None], old_only)


def payload(as_at: date, counts: Mapping[str, Count]) -> dict[str, object]:
    """The report for programs."""
    by_agency = {agency: {"staff": found.staff, "level2": found.level2} for agency, found in counts.items()}
    return {"as_at": as_at.isoformat(), "by_agency": by_agency}
