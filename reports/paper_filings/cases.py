"""Of the paper-filings report: the cases of a month, and those of the twelve months that end with it."""

from typing import NamedTuple

from reports.month import Month
from reports.paper_filings.rule import Case, by_number, find_all, within
from reports.paper_filings.units import MONTHS
from reports.units import Units
from store.reading import Connection, filings_of_servants, service_periods
from transforms.moments import local_date
from transforms.service_periods import pick


def count_filed(connection: Connection, source: str, month: Month, units: Units) -> int:
    """How many dossiers people of the units that were asked for filed in a month, in whatever way."""
    careers = by_number(service_periods(connection))
    filed = filings_of_servants(connection, source, month.start, month.end, on_paper=False)
    accepted = ((one.identity or "", local_date(one.accepted_at)) for one in filed if one.accepted_at)
    servants = (pick(careers.get(identity, ()), day) for identity, day in accepted)
    return sum(servant is not None and units.includes(servant.agency) for servant in servants)


class Cases(NamedTuple):
    """The cases of a month, and of the year of its trend, of the units that were asked for."""

    cases: tuple[Case, ...]
    year: tuple[Case, ...]


def read_cases(connection: Connection, source: str, month: Month, units: Units) -> Cases:
    """The cases by the register of civil servants as it is now: it may have come after the dossiers."""
    year = filings_of_servants(connection, source, month.back(MONTHS - 1).start, month.end)
    found = tuple(case for case in find_all(year, service_periods(connection)) if units.includes(case.servant.agency))
    return Cases(within(found, month), found)
