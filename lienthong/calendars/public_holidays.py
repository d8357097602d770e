"""The public holidays of a country by the library `holidays`. No other module knows it.

It reckons by law and by the lunar calendar, and knows some of the days that a government exchanged. What a government
announces may differ, and then the calendar's documents win.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

PROVEN = frozenset({"VN"})
"""Countries that the library is known to have: to load it for the question takes half a second."""

_ENGLISH: Mapping[str, str] = {"VN": "en_US"}
"""The library's English, by country."""


@dataclass(frozen=True, slots=True)
class PublicDays:
    """Days off of one year with their names, and days off in the week that are worked in exchange."""

    off: Mapping[date, str] = field(default_factory=dict)
    worked: frozenset[date] = frozenset()


@cache
def public_days(country: str, year: int, language: str = "vi") -> PublicDays:
    """The days of a year; none where the library has no data. Names are in Vietnamese, or in English for `en`."""
    from holidays import country_holidays

    wanted = _ENGLISH.get(country) if language == "en" else language
    days = country_holidays(country, years=year, expand=False, language=wanted)
    worked = getattr(days, "weekend_workdays", ())
    return PublicDays(dict(sorted(days.items())), frozenset(day for day in worked if day.year == year))


def has_country(country: str) -> bool:
    """Whether the library knows a country by its code of two letters (ISO 3166)."""
    if country in PROVEN:
        return True
    from holidays import list_supported_countries

    return country in list_supported_countries()
