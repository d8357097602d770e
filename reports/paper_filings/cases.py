"""Of the paper-filings report: the cases of a month, and those of the twelve months that end with it."""

from typing import NamedTuple

from reports.month import Month
from reports.paper_filings.rule import Case, find_all, within
from reports.paper_filings.units import MONTHS
from reports.units import Units
from store.reading import Connection, filings_of_servants, service_periods


class Cases(NamedTuple):
    """The cases of a month, and of the year of its trend, of the units that were asked for."""

    cases: tuple[Case, ...]
    year: tuple[Case, ...]


def read_cases(connection: Connection, source: str, month: Month, units: Units) -> Cases:
    """The cases by the register of civil servants as it is now: it may have come after the dossiers."""
    year = filings_of_servants(connection, source, month.back(MONTHS - 1).start, month.end)
    found = tuple(case for case in find_all(year, service_periods(connection)) if units.includes(case.servant.agency))
    return Cases(within(found, month), found)
