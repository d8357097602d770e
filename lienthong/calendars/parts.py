"""What a calendar consists of: office hours with dates of effect, and days with rules of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Span = tuple[int, int]
"""Office hours of a day from the first to before the second: seconds since its local midnight, 0 to 86,400."""

Kind = Literal["working", "rest", "holiday", "off", "extra"]
"""What a day is: worked by the office hours; without office hours on that weekday; a public holiday; off by a document;
worked by a document although it is not by the week."""

HOUR = 3600
FRIDAY = 4
DEFAULT_SPANS: tuple[Span, ...] = ((7 * HOUR, 11 * HOUR + HOUR // 2), (13 * HOUR + HOUR // 2, 17 * HOUR))
"""07:00-11:30 and 13:30-17:00."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The document that a rule rests on, and its date."""

    title: str
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Office hours by weekday (0 is Monday), in force from `since` on; None: from ever.

    A weekday that is not in `days` is as in the calendar that this one extends.
    """

    days: Mapping[int, tuple[Span, ...]]
    since: date | None = None
    basis: Basis | None = None


DEFAULT_HOURS = WeekHours({day: DEFAULT_SPANS if day <= FRIDAY else () for day in range(7)})
"""Monday to Friday; what every calendar begins with."""


@dataclass(frozen=True, slots=True)
class DayRule:
    """The rule of one day, before holidays and weekdays.

    - `works`: whether it is worked. `spans`: its hours; None: those of the weekday `like`, or of its own.
    """

    name: str
    works: bool
    basis: Basis | None = None
    spans: tuple[Span, ...] | None = None
    like: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a calendar: its hours (none: it is not worked), what it is and why.

    - `announced`: whether a document states the days off of its year. Else they are those that the law gives, and
      what is announced later may differ.
    """

    date: date
    spans: tuple[Span, ...]
    kind: Kind
    name: str = ""
    basis: Basis | None = None
    announced: bool = True

    @property
    def works(self) -> bool:
        return bool(self.spans)
