"""Deadlines in working days (ngày làm việc), by the tables of days off and of days off that are made up."""

from datetime import date, timedelta

from lienthong import Table, WorkingDays


def working_days(holidays: Table, worked: Table) -> WorkingDays:
    """The calendar that two tables of config/tables/ state; their keys are days such as `2026-09-02`."""
    return WorkingDays(frozenset(map(date.fromisoformat, holidays)), frozenset(map(date.fromisoformat, worked)))


def after(day: date, number: int, calendar: WorkingDays) -> date:
    """The last day of a deadline of `number` working days that begins on `day`; that day itself does not count."""
    while number:
        day += timedelta(days=1)
        number -= calendar.has(day)
    return day
