"""The paper-filings report: civil servants who filed on paper what they could have filed online.

Văn bản 758/VPUBND-KSTT (08/11/2023): monthly, each case with its receiving officer.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from reports.month import Month
from schemas.service_period import ServicePeriod
from store.rows import Filing
from transforms.moments import local_date
from transforms.service_periods import pick

_OFFERED_ONLINE = ("partial", "full")
_NOT_ACCEPTED = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One dossier that counts, with the civil servant who filed it and the local day of its acceptance."""

    filing: Filing
    servant: ServicePeriod
    accepted_on: date


def find_cases(filings: Iterable[Filing], periods: Iterable[ServicePeriod], month: Month) -> tuple[Case, ...]:
    """The cases of a month, by dossier code; see `find_all`."""
    return within(find_all(filings, periods), month)


def within(cases: Iterable[Case], month: Month) -> tuple[Case, ...]:
    """Those whose dossier was accepted in a month."""
    return tuple(case for case in cases if case.filing.accepted_at and month.contains(case.filing.accepted_at))


def find_all(filings: Iterable[Filing], periods: Iterable[ServicePeriod]) -> tuple[Case, ...]:
    """The cases among `filings`, by dossier code.

    All known periods of service are joined here, by identity (12 digits) or old identity (9 digits) and the local day
    of acceptance. So the report is the same when the register of civil servants arrives after the dossiers.
    """
    careers = by_number(periods)
    cases = (_case(filing, careers.get(filing.identity or "", ())) for filing in filings)
    return tuple(sorted((case for case in cases if case is not None), key=lambda case: case.filing.code))


def by_number(periods: Iterable[ServicePeriod]) -> dict[str, list[ServicePeriod]]:
    """The periods of service by identity number and by old identity number."""
    found: dict[str, list[ServicePeriod]] = {}
    for period in periods:
        for number in {period.identity, period.old_identity} - {None}:
            found.setdefault(str(number), []).append(period)
    return found


def payload(month: Month, cases: Sequence[Case]) -> dict[str, object]:
    """The report for programs."""
    return {
        "period": month.period,
        "total": len(cases),
        "cases": [
            {
                "dossier": case.filing.code,
                "staff_no": case.servant.staff_no,
                "staff_agency": case.servant.agency,
                "procedure": case.filing.procedure,
                "accepted_on": case.accepted_on.isoformat(),
                "receiving_agency": case.filing.agency,
                "receiving_officer": case.filing.officer,
            }
            for case in cases
        ],
        "by_staff_agency": dict(sorted(Counter(case.servant.agency for case in cases).items())),
    }


def _case(filing: Filing, periods: Sequence[ServicePeriod]) -> Case | None:
    """A withdrawn dossier still counts. One that was not accepted does not count, nor one that was sent by post."""
    if filing.channel != "in_person" or filing.online_level not in _OFFERED_ONLINE or filing.status == _NOT_ACCEPTED:
        return None
    if filing.accepted_at is None:
        return None
    accepted_on = local_date(filing.accepted_at)
    servant = pick(periods, accepted_on)
    return Case(filing, servant, accepted_on) if servant else None
