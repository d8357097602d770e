"""The file config/reports-targets.yaml: what share an indicator is to reach, by unit and day."""

from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import Field

from lienthong import SettingsFile, SettingsShape
from transforms.organisations import Tree

EVERY = "*"
"""Every unit that has no target of its own."""

Percent = int | float


class Target(SettingsShape):
    """A target with its source: `percent` of `indicator` for `unit`, from `since` to the day before `until`.

    `cascades`: the unit hands it on to all below it that have none of their own.
    """

    indicator: str
    unit: str = EVERY
    percent: Percent = Field(ge=0, le=100)
    since: date | None = None
    until: date | None = None
    source: str = ""
    cascades: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a local day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class ReportTargets(SettingsFile):
    """Targets in percent: `indicators` by indicator and unit, without dates; `targets` with dates and source.

    Of two for one unit on one day, the one of `targets` counts, and of these the one that began last.
    """

    comment: str = ""
    indicators: Mapping[str, Mapping[str, Percent]] = Field(default_factory=dict)
    targets: Sequence[Target] = ()

    def find(self, indicator: str, unit: str, tree: Tree, day: date) -> Target | None:
        """The target of a unit on a day: its own, that which one above it hands on, or the one of every unit."""
        stated = self._stated(indicator, unit, day)
        if stated is not None:
            return stated
        for above in tree.path(unit)[1:]:
            handed = self._stated(indicator, above, day)
            if handed is not None and handed.cascades:
                return handed
        return self._stated(indicator, EVERY, day)

    def _stated(self, indicator: str, unit: str, day: date) -> Target | None:
        dated = [one for one in self.targets if (one.indicator, one.unit) == (indicator, unit) and one.holds_on(day)]
        if dated:
            return max(dated, key=lambda one: one.since or date.min)
        percent = self.indicators.get(indicator, {}).get(unit)
        return None if percent is None else Target(indicator=indicator, unit=unit, percent=percent)
