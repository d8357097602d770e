"""An indicator as its file in `config/reports/` states it: what it counts, from when to when, and by which document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import Field

from reports.indicators.conditions import CONDITIONS, ConditionName
from store.portal_facts import Facts

Points = Annotated[int | float, Field(ge=0, le=100)]
Threshold = Annotated[int | float, Field(gt=0, le=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator of a set.

    - `counts`: the conditions that a dossier of the denominator meets, all of them; none counts every accepted dossier.
    - `reaches`: those that a dossier of the numerator meets as well; none when the store cannot count it, and `missing`
      then states why.
    - `since`, `until`: it is reported for periods whose last day lies in `[since, until)`.
    - `source`: the document that states it. `assumed`: what that document does not state and was chosen here.
    - `group`, `points`, `full_at`: of a scored set, its group, its most points, and the percentage that gets them all.
    """

    title: str
    counts: Sequence[ConditionName] = ()
    reaches: Sequence[ConditionName] = ()
    since: date | None = None
    until: date | None = None
    source: str = ""
    assumed: str = ""
    missing: str = ""
    group: str = ""
    points: Points | None = None
    full_at: Threshold = 100

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a local day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def judge(self, facts: Facts) -> bool | None:
        """Whether a dossier reaches its aim; None when it does not count the dossier."""
        if not self.reaches or not all(CONDITIONS[name].holds(facts) for name in self.counts):
            return None
        return all(CONDITIONS[name].holds(facts) for name in self.reaches)

    @property
    def numerator(self) -> str:
        """What it counts, in words."""
        return self._words([*self.counts, *self.reaches])

    @property
    def denominator(self) -> str:
        """Of what, in words."""
        return self._words(self.counts) if self.counts else "hồ sơ được tiếp nhận trong kỳ"

    @property
    def formula(self) -> str:
        """Both, as a reader of the report reads it."""
        return f"H{self._words(self.reaches)[1:]} trên {self.denominator}" if self.reaches else self.missing

    def score(self, numerator: int, denominator: int) -> Decimal | None:
        """Its points, rounded half up to hundredths; None without points or when nothing is counted."""
        if self.points is None or denominator == 0:
            return None
        most = Decimal(str(self.points))
        reached = most * numerator * 100 / (denominator * Decimal(str(self.full_at)))
        return min(most, reached).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def _words(self, names: Sequence[ConditionName]) -> str:
        return "hồ sơ " + ", ".join(CONDITIONS[name].words for name in names)


IndicatorSet = Mapping[str, Indicator]
"""By its name."""


def in_force(indicators: IndicatorSet, day: date) -> dict[str, Indicator]:
    """Those that are reported for a period with this last day."""
    return {name: one for name, one in indicators.items() if one.holds_on(day)}
