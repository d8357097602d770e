"""Which calendar an agency follows."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from lienthong.calendars.calendar import Calendar
from lienthong.errors import Rejected
from lienthong.messages import message

ANY = "*"
"""What ends a prefix among the codes of `agencies`."""


class NoCalendar(Rejected):
    """An agency has no calendar of its own, and no calendar is the default."""


class Calendars:
    """The calendars of a project, by name and by the code of an agency.

    A transform or connector gets them by annotating a parameter with `Calendars`; in YAML it is the name of the
    calendar of those agencies that no calendar names.
    """

    def __init__(self, calendars: Iterable[Calendar], default: str = "") -> None:
        self.by_name: Mapping[str, Calendar] = {calendar.name: calendar for calendar in calendars}
        self._default = default

    @cached_property
    def default(self) -> Calendar | None:
        """The calendar of the agencies that no calendar names."""
        if self._default:
            return self.by_name[self._default]
        return next((calendar for calendar in self.by_name.values() if calendar.is_default), None)

    @cached_property
    def _codes(self) -> Mapping[str, Calendar]:
        return {code.upper(): one for one in self.by_name.values() for code in one.agencies}

    def of(self, agency: str) -> Calendar:
        """The calendar of an agency by its code: the one that names it, else the longest prefix, else the default.

        Upper and lower case do not count. Raises `NoCalendar` when there is none.
        """
        code = agency.strip().upper()
        if code in self._codes:
            return self._codes[code]
        for length in range(len(code), -1, -1):
            if (found := self._codes.get(code[:length] + ANY)) is not None:
                return found
        if self.default is None:
            raise NoCalendar(message("no calendar names the agency `{agency}`, and none is the default", agency=agency))
        return self.default
