"""The calendars of schedules."""

from collections.abc import Mapping
from dataclasses import replace

from lienthong.calendars.calendar import Calendar
from lienthong.recurrence import WEEK, MonthlyWorkingDay
from lienthong.settings import ScheduleSettings


def with_calendar(schedule: ScheduleSettings, calendars: Mapping[str, Calendar]) -> ScheduleSettings:
    """The schedule, whose rule knows the calendar that it names, or else the default one."""
    rule = schedule.rule
    if not isinstance(rule, MonthlyWorkingDay):
        return schedule
    default = next((calendar for calendar in calendars.values() if calendar.is_default), WEEK)
    return replace(schedule, rule=rule.with_days(calendars.get(rule.calendar, default)))
