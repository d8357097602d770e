"""Whether the tables of days that schedules name exist, and hold days."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from lienthong.configuration.faults import Fault, suggest
from lienthong.configuration.load import Loaded
from lienthong.errors import Finding
from lienthong.messages import message
from lienthong.ports import Table
from lienthong.recurrence import MonthlyWorkingDay, WorkingDays
from lienthong.settings import ScheduleSettings

KEYS = ("holidays", "worked")


def check_schedules(loaded: Loaded, tables: Mapping[str, Table]) -> Iterator[Finding]:
    """Every fault of a name of a table, and of a key in one that is no day."""
    schedules: Mapping[str, ScheduleSettings] = loaded.understood("schedules")
    for schedule in schedules.values():
        if isinstance(schedule.rule, MonthlyWorkingDay):
            for key in KEYS:
                if name := getattr(schedule.rule, key):
                    for fault in _faults(name, tables):
                        yield loaded.documents["schedules"][schedule.name].locate(fault, ("monthly", key))


def _faults(name: str, tables: Mapping[str, Table]) -> Iterator[Fault]:
    if name not in tables:
        what = message("there is no table `{name}`", name=name)
        yield Fault("LT604", what, suggest(name, tables))
        return
    wrong = [key for key in tables[name] if _day(key) is None]
    if wrong:
        what = message("the table `{name}` has keys that are no days: {keys}", name=name, keys=", ".join(wrong[:3]))
        yield Fault("LT205", what, message('write each key as a day in quotes, such as "2026-09-02"'))


def working_days(rule: MonthlyWorkingDay, tables: Mapping[str, Table]) -> WorkingDays:
    """The working days that the tables of a rule state."""
    holidays, worked = (
        frozenset(day for key in tables.get(name, {}) if (day := _day(key))) for name in (rule.holidays, rule.worked)
    )
    return WorkingDays(holidays, worked)


def with_days(schedule: ScheduleSettings, tables: Mapping[str, Table]) -> ScheduleSettings:
    """The schedule, whose rule knows the days of its tables."""
    rule = schedule.rule
    if not isinstance(rule, MonthlyWorkingDay):
        return schedule
    return replace(schedule, rule=rule.with_days(working_days(rule, tables)))


def _day(key: str) -> date | None:
    try:
        return date.fromisoformat(key)
    except ValueError:
        return None
