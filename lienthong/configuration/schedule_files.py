"""The schedule that a file of config/schedules/ describes."""

from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault, KeyPath
from lienthong.configuration.shapes.schedule import WEEKDAYS, MonthlyFile, ScheduleFile
from lienthong.messages import message
from lienthong.recurrence import Daily, Monthly, MonthlyWorkingDay, Rule, Weekly
from lienthong.settings import ScheduleSettings

RULES = ("daily", "weekly", "monthly", "cron")


def make_schedule(name: str, file: ScheduleFile, document: Document) -> ScheduleSettings | None:
    """The schedule, or None without exactly one rule. Faults are added to the document's findings."""
    given = [key for key in RULES if getattr(file, key) is not None]
    if len(given) != 1:
        what = message("a schedule has one rule, and this file has {count}", count=len(given))
        advice = message("write one of {rules}", rules=", ".join(f"`{key}`" for key in RULES))
        document.report(Fault("LT212", what, advice, (given[1],) if given else (), of_key=bool(given)))
        return None
    rule = _rule(file, document)
    if rule is None:
        return None
    return ScheduleSettings(
        name=name,
        rule=rule,
        start=file.start,
        type=file.type,
        catch_up=file.catch_up,
        only_latest=file.only_latest,
        in_recordings=file.in_recordings,
        description=file.description or "",
    )


def _rule(file: ScheduleFile, document: Document) -> Rule | None:
    if file.daily:
        return Daily(file.daily.at)
    if file.weekly:
        return Weekly(WEEKDAYS.index(file.weekly.day), file.weekly.at)
    if file.monthly:
        return _monthly(file.monthly, document)
    return file.cron


def _monthly(file: MonthlyFile, document: Document) -> Rule | None:
    at: KeyPath = ("monthly",)
    if (file.day is None) == (file.working_day is None):
        count = 0 if file.day is None else 2
        what = message("`monthly` has one kind of day, and here are {count}", count=count)
        document.report(Fault("LT212", what, message("write `day` or `working_day`")), at)
        return None
    if file.day is not None:
        if file.calendar is not None:
            what = message("`calendar` belongs to `working_day`, not to `day`")
            document.report(Fault("LT212", what, message("leave it out"), ("calendar",), of_key=True), at)
        return Monthly(file.day, file.at)
    if not file.working_day:
        what = message("there is no working day 0")
        document.report(Fault("LT205", what, message("write 1 for the first, -1 for the last"), ("working_day",)), at)
        return None
    return MonthlyWorkingDay(file.working_day, file.at, file.calendar or "")
