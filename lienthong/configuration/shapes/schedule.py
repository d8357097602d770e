"""The shape of a file of config/schedules/."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, PlainValidator
from pydantic_core import PydanticCustomError

from lienthong.configuration.shapes.fields import Count, FileShape, NameOf, PatternText, Pause, Text
from lienthong.envelope import LOCAL_ZONE
from lienthong.messages import Message, message, msgid
from lienthong.recurrence import Cron, parse_cron
from lienthong.settings import DEFAULT_DUE_TYPE

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[str, ...] = get_args(Weekday)
"""In the order of `date.weekday`."""

TIME_PATTERN = r"([01][0-9]|2[0-3]):[0-5][0-9]"
START_PATTERN = r"\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2})?([Zz]|[-+]\d{2}:?\d{2})?)?"
CRON_PATTERN = r"\s*\S+(\s+\S+){4}\s*"


def _refused(advice: Message) -> PydanticCustomError:
    return PydanticCustomError("refused", "refused", {"advice": advice})


def _parse_time(value: Any) -> time:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "a time of day is text")
    try:
        return datetime.strptime(value, "%H:%M").time()  # noqa: DTZ007 - a time of day
    except ValueError:
        raise _refused(message('write hours and minutes in quotes, such as "08:00"')) from None


def _parse_start(value: Any) -> datetime:
    """The instant of a local date or moment, in UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise _refused(_start_advice()) from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise _refused(_start_advice())
    try:
        return (value if value.tzinfo else value.replace(tzinfo=LOCAL_ZONE)).astimezone(UTC)
    except OverflowError:
        raise _refused(_start_advice()) from None


def _start_advice() -> Message:
    return message("write a local date or moment, such as 2026-01-01 or 2026-01-01T08:00")


def _parse_cron(value: Any) -> Cron:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "cron is text")
    try:
        return parse_cron(value)
    except ValueError:
        advice = message(
            "write the five fields minute, hour, day, month and day of the week, such as {example}",
            example='"*/15 7-17 * * 1-5"',
        )
        raise _refused(advice) from None


TimeOfDay = Annotated[time, PlainValidator(_parse_time), PatternText(TIME_PATTERN)]
Start = Annotated[datetime, PlainValidator(_parse_start), PatternText(START_PATTERN)]
CronText = Annotated[Cron, PlainValidator(_parse_cron), PatternText(CRON_PATTERN)]


class DailyFile(FileShape):
    at: TimeOfDay = Field(description=msgid("The local time of day, in quotes."), examples=["08:00"])


class WeeklyFile(FileShape):
    day: Weekday = Field(description=msgid("The day of the week."), examples=["monday"])
    at: TimeOfDay = Field(description=msgid("The local time of day, in quotes."), examples=["08:00"])


class MonthlyFile(FileShape):
    day: Annotated[Count, Field(ge=1, le=31)] | None = Field(
        None,
        description=msgid("The day of the month. A day beyond the end of a month is its last day."),
        examples=[25],
    )
    working_day: Annotated[Count, Field(ge=-31, le=31)] | None = Field(
        None,
        description=msgid(
            "In place of `day`: 1 is the first working day of the month, 2 the second; -1 is the last one. "
            "Beyond the working days of a month it is the last of them."
        ),
        examples=[1],
    )
    at: TimeOfDay = Field(description=msgid("The local time of day, in quotes."), examples=["08:00"])
    calendar: Annotated[Text, NameOf("calendar")] | None = Field(
        None,
        description=msgid(
            "With `working_day`: the calendar that tells which days are worked; without it the default one, and "
            "Monday to Friday in a project without calendars."
        ),
        examples=["province"],
    )


class ScheduleFile(FileShape):
    description: Text | None = Field(
        None,
        description=msgid("What it is for, in a sentence. `lienthong explain` shows it."),
        examples=["Ngày chốt báo cáo tháng"],
    )
    enabled: bool = Field(
        True,
        description=msgid(
            "false: the file is checked but nothing is due. What was due meanwhile is caught up when it is true again."
        ),
        examples=[False],
    )
    start: Start = Field(
        description=msgid("The first moment that may be due: a local date or moment. Nothing is due before it."),
        examples=["2026-01-01"],
    )
    daily: DailyFile | None = Field(None, description=msgid("Due each day."), examples=[{"at": "02:00"}])
    weekly: WeeklyFile | None = Field(
        None, description=msgid("Due each week on a day."), examples=[{"day": "monday", "at": "08:00"}]
    )
    monthly: MonthlyFile | None = Field(
        None,
        description=msgid("Due each month, on a day or on a working day."),
        examples=[{"day": 25, "at": "08:00"}],
    )
    cron: CronText | None = Field(
        None,
        description=msgid("Due by the five fields of cron, in local time, in quotes."),
        examples=["*/15 7-17 * * 1-5"],
    )
    catch_up: Pause | None = Field(
        None,
        description=msgid(
            "After a stop: moments that were due longer ago than this are skipped, which `lienthong sources` and the "
            "log tell. Without it, every missed moment becomes an event."
        ),
        examples=["7d"],
    )
    only_latest: bool = Field(
        False,
        description=msgid(
            "true: of all moments that are due when the schedule is looked at, only the last one becomes an event, "
            "because one look does the work of all. So a stop of days costs one event; and a recording looks when its "
            "sources show something new, not at each moment."
        ),
        examples=[True],
    )
    in_recordings: bool = Field(
        True,
        description=msgid("false: while a recording is played nothing is due."),
        examples=[False],
    )
    type: Text = Field(
        DEFAULT_DUE_TYPE, description=msgid("The event type of a due moment."), examples=["report.due.v1"]
    )
