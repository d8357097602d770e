"""Counting a set of indicators over the dossiers of a month and of the months before it, in one pass."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from lienthong import Figure
from reports.indicators.definition import Indicator, IndicatorSet
from reports.month import Month
from reports.population import Population
from reports.units import Units
from store.portal_facts import Facts, PortalDossier
from transforms.moments import local_date

Verdicts = tuple[bool | None, ...]
"""Of one dossier, in the order of the indicators: reached, not reached, not counted."""

_HOUR = 13
"""Characters of an instant up to its hour: Vietnam is whole hours ahead of UTC, so an hour lies in one local day."""


class Share(NamedTuple):
    """How many of the dossiers that an indicator counts (`denominator`) reach its aim (`numerator`)."""

    numerator: int = 0
    denominator: int = 0

    def __add__(self, other: object) -> "Share":
        """Both together."""
        if not isinstance(other, Share):
            return NotImplemented
        return Share(self.numerator + other.numerator, self.denominator + other.denominator)


Shares = Mapping[str, Share]
"""By the name of the indicator, in their order."""


class Tally(NamedTuple):
    """What was counted: of the month as a whole, by the unit that received, and of each month of the trend."""

    indicators: IndicatorSet
    population: Population[tuple[str | None, Verdicts]]
    months: Mapping[Month, Counter[Verdicts]]

    def whole(self) -> dict[str, Share]:
        """The indicators of the month."""
        return self._shares((verdicts, count) for (_, verdicts), count in self.population.groups().items())

    def by_unit(self) -> dict[str, dict[str, Share]]:
        """By unit, each for itself, the indicators that count anything. One that is not known is left out."""
        found: dict[str, Counter[Verdicts]] = {}
        for (unit, verdicts), count in self.population.groups().items():
            if unit is not None:
                found.setdefault(unit, Counter())[verdicts] += count
        shares = {unit: self._shares(found[unit].items()) for unit in sorted(found)}
        counted = {unit: {name: one for name, one in of.items() if one.denominator} for unit, of in shares.items()}
        return {unit: of for unit, of in counted.items() if of}

    def trend(self) -> dict[Month, dict[str, Share]]:
        """By month, the oldest first."""
        return {month: self._shares(counts.items()) for month, counts in self.months.items()}

    def figures(self) -> dict[str, Figure]:
        """By the path of each figure, the events of the dossiers that it counts."""
        by_unit: dict[str, list[tuple[str | None, Verdicts]]] = {}
        for group in self.population.groups():
            if group[0] is not None:
                by_unit.setdefault(group[0], []).append(group)
        everything = list(self.population.groups())
        found = {f"indicators.{name}": self._figure(name, everything) for name in self.indicators}
        for unit, shares in self.by_unit().items():
            found |= {f"by_unit.{unit}.{name}": self._figure(name, by_unit[unit]) for name in shares}
        return found

    def _figure(self, name: str, groups: list[tuple[str | None, Verdicts]]) -> Figure:
        place = list(self.indicators).index(name)
        select = self.population.select_groups
        reached = select(group for group in groups if group[1][place])
        counted = select(group for group in groups if group[1][place] is not None)
        return Figure(self.indicators[name].formula, reached, counted)

    def _shares(self, counts: Iterable[tuple[Verdicts, int]]) -> dict[str, Share]:
        totals = [[0, 0] for _ in self.indicators]
        for verdicts, count in counts:
            for total, verdict in zip(totals, verdicts, strict=True):
                if verdict is not None:
                    total[0] += count * verdict
                    total[1] += count
        return {name: Share(*total) for name, total in zip(self.indicators, totals, strict=True)}


def tally(dossiers: Iterable[PortalDossier], indicators: IndicatorSet, months: Iterable[Month], units: Units) -> Tally:
    """Count dossiers that were accepted in `months`, the last of which is that of the report.

    The unit is the one that had the code before the first "-" of the dossier's code on the day of acceptance.
    """
    judge = _judge(tuple(indicators.values()))
    day_of, place_of = _days(), _receivers(units)
    counts: dict[Month, Counter[Verdicts]] = {month: Counter() for month in months}
    first = list(counts)[-1].first
    per_day: defaultdict[date, Counter[Verdicts]] = defaultdict(Counter)
    found = Tally(indicators, Population(), counts)
    for dossier in dossiers:
        day = day_of(dossier.accepted_at)
        unit, is_asked_for = place_of(dossier.code.partition("-")[0], day)
        if not is_asked_for:
            continue
        verdicts = judge(dossier.facts)
        per_day[day][verdicts] += 1
        if day >= first:
            found.population.add(dossier.event_id, (unit, verdicts))
    for day, of_day in per_day.items():
        counts[Month(day.replace(day=1))].update(of_day)
    return found


def _judge(indicators: tuple[Indicator, ...]) -> Callable[[Facts], Verdicts]:
    """Most dossiers have the same facts as one before: each is judged once."""
    known: dict[Facts, Verdicts] = {}

    def judge(facts: Facts) -> Verdicts:
        verdicts = known.get(facts)
        if verdicts is None:
            verdicts = known[facts] = tuple(indicator.judge(facts) for indicator in indicators)
        return verdicts

    return judge


def _days() -> Callable[[str], date]:
    known: dict[str, date] = {}

    def day_of(instant: str) -> date:
        hour = instant[:_HOUR]
        if hour not in known:
            known[hour] = local_date(datetime.fromisoformat(instant))
        return known[hour]

    return day_of


def _receivers(units: Units) -> Callable[[str, date], tuple[str | None, bool]]:
    """The unit that an agency's code meant on a day, and whether it belongs to what was asked for."""
    known: dict[tuple[str, date], tuple[str | None, bool]] = {}

    def place_of(agency: str, day: date) -> tuple[str | None, bool]:
        if (agency, day) not in known:
            unit = units.receiver(agency, day)
            known[agency, day] = (unit, units.scope.unit is None or (unit is not None and units.includes(unit)))
        return known[agency, day]

    return place_of


def months_of(month: Month, number: int) -> Iterator[Month]:
    """The months that end with this one, the oldest first."""
    return (month.back(back) for back in range(number - 1, -1, -1))
