"""The rule of a schedule in words."""

from datetime import time

from lienthong.messages import Message, message, msgid
from lienthong.recurrence import Cron, Daily, Monthly, MonthlyWorkingDay, Rule, Weekly

WEEKDAYS = (
    msgid("Monday"),
    msgid("Tuesday"),
    msgid("Wednesday"),
    msgid("Thursday"),
    msgid("Friday"),
    msgid("Saturday"),
    msgid("Sunday"),
)


def rule_words(rule: Rule) -> Message:
    """When a schedule is due, in local time."""
    match rule:
        case Daily(at=at):
            return message("each day at {time}", time=_show(at))
        case Weekly(day=day, at=at):
            return message("each week on {day} at {time}", day=message(WEEKDAYS[day]), time=_show(at))
        case Monthly(day=day, at=at):
            return message("each month on day {day}, or its last day, at {time}", day=day, time=_show(at))
        case MonthlyWorkingDay():
            return _working_day(rule)
        case Cron(expression=expression):
            return message("by cron `{expression}`", expression=expression)
    return message("by a rule of its own")


def _working_day(rule: MonthlyWorkingDay) -> Message:
    at = _show(rule.at)
    if rule.number == -1:
        return message("each month on its last working day at {time}", time=at)
    if rule.number < 0:
        return message("each month on working day {number} from its end at {time}", number=-rule.number, time=at)
    return message("each month on working day {number} at {time}", number=rule.number, time=at)


def _show(at: time) -> str:
    return f"{at:%H:%M}"
