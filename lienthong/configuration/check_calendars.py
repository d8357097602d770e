"""Whether the calendars fit together, and whether the days off of the years that matter are stated."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from lienthong.calendars.calendar import Calendar
from lienthong.configuration.faults import Fault, suggest
from lienthong.configuration.load import Loaded
from lienthong.envelope import LOCAL_ZONE
from lienthong.errors import Finding
from lienthong.messages import message
from lienthong.recurrence import MonthlyWorkingDay
from lienthong.settings import ScheduleSettings

FOLDER = "config/calendars"


def check_calendars(loaded: Loaded, today: date | None = None) -> Iterator[Finding]:
    """Faults of calendars, and of names of them in schedules. `today`: the local day; None: that of the clock."""
    calendars = loaded.settings.calendars
    yield from _names(loaded)
    if len(calendars) < len(loaded.layout.parts["calendars"]) or not calendars:
        return  # one could not be read: it may be the default
    yield from _defaults(loaded, calendars)
    yield from _agencies(loaded, calendars)
    for name, years in unstated_years(calendars, today or datetime.now(LOCAL_ZONE).date()).items():
        what = message("no notice states the days off of {years}", years=", ".join(map(str, years)))
        yield loaded.documents["calendars"][name].locate(Fault("LT628", what))


def unstated_years(calendars: Mapping[str, Calendar], today: date) -> Mapping[str, tuple[int, ...]]:
    """By calendar, the years whose days off should be stated on `today` and are not.

    Only calendars that extend none: the others have their years from these. One without public holidays and without a
    stated year is left out: there is nothing to announce.
    """
    roots = {name: one for name, one in calendars.items() if not one.parents and (one.country or one.announced)}
    return {name: years for name, calendar in roots.items() if (years := calendar.expects(today))}


def _names(loaded: Loaded) -> Iterator[Finding]:
    known = loaded.layout.parts["calendars"]
    schedules: Mapping[str, ScheduleSettings] = loaded.understood("schedules")
    for schedule in schedules.values():
        rule = schedule.rule
        if isinstance(rule, MonthlyWorkingDay) and rule.calendar and rule.calendar not in known:
            what = message("there is no config/calendars/{name}.yaml", name=rule.calendar)
            fault = Fault("LT624", what, suggest(rule.calendar, known))
            yield loaded.documents["schedules"][schedule.name].locate(fault, ("monthly", "calendar"))


def _defaults(loaded: Loaded, calendars: Mapping[str, Calendar]) -> Iterator[Finding]:
    names = [name for name, calendar in calendars.items() if calendar.is_default]
    if not names:
        what = message("no calendar is the default")
        yield Fault("LT626", what, message("write `default: true` in one of them")).at(FOLDER)
    for name in names[1:]:
        what = message("`{other}` is the default calendar already", other=names[0])
        fault = Fault("LT626", what, message("leave `default` out of one of them"))
        yield loaded.documents["calendars"][name].locate(fault, ("default",))


def _agencies(loaded: Loaded, calendars: Mapping[str, Calendar]) -> Iterator[Finding]:
    named: dict[str, str] = {}
    for name, calendar in calendars.items():
        for place, agency in enumerate(calendar.agencies):
            other = named.setdefault(agency.strip().upper(), name)
            if other != name:
                what = message("the agency `{agency}` follows `{other}` already", agency=agency, other=other)
                yield loaded.documents["calendars"][name].locate(Fault("LT627", what), ("agencies", place))
