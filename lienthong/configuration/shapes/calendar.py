"""The shape of a file of config/calendars/."""

import re
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator
from pydantic_core import PydanticCustomError

from lienthong.calendars.parts import Span
from lienthong.configuration.shapes.fields import Count, FileShape, NameOf, PatternText, Text
from lienthong.messages import Message, message, msgid

DAY_PATTERN = r"\d{4}-\d{2}-\d{2}"
SPAN_PATTERN = r"([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
MONTH_DAY_PATTERN = r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"


def _refused(advice: Message) -> PydanticCustomError:
    return PydanticCustomError("refused", "refused", {"advice": advice})


def _parse_day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(DAY_PATTERN, value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _refused(message("write a day as year-month-day, such as 2026-09-02"))


def _parse_span(value: Any) -> Span:
    if isinstance(value, str) and re.fullmatch(SPAN_PATTERN, value):
        opens, closes = (int(text[:2]) * 3600 + int(text[3:]) * 60 for text in value.split("-"))
        if opens < closes:
            return opens, closes
    raise _refused(message('write from when to when the office is open, such as "07:00-11:30"'))


def _parse_month_day(value: Any) -> tuple[int, int]:
    if isinstance(value, str) and re.fullmatch(MONTH_DAY_PATTERN, value):
        return int(value[:2]), int(value[3:])
    raise _refused(message('write month and day in quotes, such as "12-15"'))


def _in_order(spans: list[Span]) -> list[Span]:
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise _refused(message("write the hours of a day in order, none within another"))
    return spans


Day = Annotated[date, PlainValidator(_parse_day), PatternText(DAY_PATTERN)]
SpanText = Annotated[Span, PlainValidator(_parse_span), PatternText(SPAN_PATTERN)]
MonthDay = Annotated[tuple[int, int], PlainValidator(_parse_month_day), PatternText(MONTH_DAY_PATTERN)]
Spans = Annotated[list[SpanText], AfterValidator(_in_order)]

_FULL_DAY = ["07:00-11:30", "13:30-17:00"]


def _weekday(first: bool = False) -> Any:
    description = msgid("The hours of that weekday; `[]` when the office is closed.") if first else _SAME
    return Field(None, description=description, examples=[_FULL_DAY if first else []])


_SAME = msgid("The same of that weekday.")


class HolidaysFile(FileShape):
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = Field(
        description=msgid("The code of the country whose public holidays are days off."), examples=["VN"]
    )
    document: Text | None = Field(
        None,
        description=msgid("The law that gives them; it is shown with each of them."),
        examples=["Điều 112 Bộ luật Lao động 2019"],
    )


class HoursFile(FileShape):
    since: Day | None = Field(
        None,
        description=msgid("The first day on which these hours hold; without it they hold from ever."),
        examples=["2025-07-01"],
    )
    document: Text | None = Field(
        None, description=msgid("The document that states them."), examples=["Quyết định 12/QĐ-UBND"]
    )
    dated: Day | None = Field(None, description=msgid("The date of the document."), examples=["2025-06-20"])
    monday: Spans | None = _weekday(first=True)
    tuesday: Spans | None = _weekday()
    wednesday: Spans | None = _weekday()
    thursday: Spans | None = _weekday()
    friday: Spans | None = _weekday()
    saturday: Spans | None = _weekday()
    sunday: Spans | None = _weekday()


class OffFile(FileShape):
    day: Day | None = Field(None, description=msgid("The day off."), examples=["2026-11-24"])
    first: Day | None = Field(
        None, description=msgid("In place of `day`: the first of several days off."), examples=["2026-02-16"]
    )
    last: Day | None = Field(None, description=msgid("With `first`: the last one."), examples=["2026-02-20"])
    name: Text = Field(description=msgid("What it is called."), examples=["Tết Nguyên đán"])


class WorkedFile(FileShape):
    day: Day = Field(description=msgid("A day that is worked although it is not by the week."), examples=["2026-08-22"])
    name: Text = Field(description=msgid("Why it is worked."), examples=["Trực tiếp nhận hồ sơ"])
    hours: Spans | None = Field(
        None,
        description=msgid("Its hours; without them those of its weekday, or of Monday when that one is closed."),
        examples=[["07:00-11:30"]],
    )


class SwapFile(FileShape):
    day_off: Day = Field(description=msgid("The day off."), examples=["2026-08-31"])
    day_worked: Day = Field(
        description=msgid("The day that is worked instead, with the hours of the day off."), examples=["2026-08-22"]
    )
    name: Text | None = Field(None, description=msgid("What the swap is for."), examples=["Nghỉ Quốc khánh"])


class NoticeFile(FileShape):
    document: Text = Field(
        description=msgid("The decree or notice that states these days."), examples=["Thông báo 9441/TB-BNV"]
    )
    dated: Day = Field(description=msgid("Its date."), examples=["2025-10-15"])
    year: Annotated[Count, Field(ge=1900, le=2200)] | None = Field(
        None,
        description=msgid("The year whose days off are all announced with this notice and those before it."),
        examples=[2026],
    )
    days_off: list[OffFile] = Field(default_factory=list, description=msgid("Days off."), examples=[[]])
    days_worked: list[WorkedFile] = Field(
        default_factory=list, description=msgid("Days that are worked all the same."), examples=[[]]
    )
    swaps: list[SwapFile] = Field(
        default_factory=list, description=msgid("Days off for which another day is worked."), examples=[[]]
    )


class CalendarFile(FileShape):
    description: Text | None = Field(
        None, description=msgid("Whose calendar it is, in a sentence."), examples=["Cơ quan hành chính của tỉnh"]
    )
    extends: Annotated[Text, NameOf("calendar")] | None = Field(
        None,
        description=msgid("The calendar from which everything is that this one does not state."),
        examples=["vietnam"],
    )
    default: bool = Field(
        False,
        description=msgid("true: it is the calendar of all agencies that no calendar names, and of schedules."),
        examples=[True],
    )
    agencies: list[Text] = Field(
        default_factory=list,
        description=msgid(
            "The codes of the agencies that follow it; a code that ends in `*` means all that begin so. The longest "
            "one counts."
        ),
        examples=[["H08.12", "H08.30.*"]],
    )
    holidays: HolidaysFile | None = Field(
        None,
        description=msgid("The public holidays, by law and lunar calendar. What a notice states wins."),
        examples=[{"country": "VN"}],
    )
    announced_by: MonthDay | None = Field(
        None,
        description=msgid(
            'From which month and day on the days off of the coming year are missed, in quotes; "12-15" when no '
            "calendar states it."
        ),
        examples=["12-15"],
    )
    hours: list[HoursFile] = Field(
        default_factory=list,
        description=msgid(
            "Office hours by weekday, with the day from which they hold. A weekday that is not named is as in the "
            "calendar that this one extends; at last Monday to Friday, 07:00-11:30 and 13:30-17:00."
        ),
        examples=[[]],
    )
    notices: list[NoticeFile] = Field(
        default_factory=list,
        description=msgid("Days off and worked days that documents state. Of the same day the last one counts."),
        examples=[[]],
    )
