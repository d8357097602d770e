"""The file config/report-life.yaml: when each report is due, who approves it, and who gets it."""

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from lienthong import LOCAL_ZONE, SettingsFile, SettingsShape

PLACEHOLDERS = ("title", "subject", "period", "edition", "number", "agency", "unit", "files", "id", "digest", "changes")
"""What the texts of a mail may name in braces."""

Period = Annotated[str, Field(pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$")]
EMAIL = r"[^@\s]+@[^@\s]+"
Email = Annotated[str, Field(pattern=f"^{EMAIL}$")]


class Due(SettingsShape):
    """The day on which a report is due: day `day` of the `month` after its period, or of its period itself.

    A day beyond the end of a month is its last day.
    """

    day: Annotated[int, Field(ge=1, le=31)]
    month: Literal["next", "same"] = "next"

    def moment(self, period: str, at: time) -> datetime:
        """When it is due for a period, in local time."""
        first = date.fromisoformat(f"{period}-01")
        if self.month == "next":
            first = _next_month(first)
        last = calendar.monthrange(first.year, first.month)[1]
        return datetime.combine(first.replace(day=min(self.day, last)), at, LOCAL_ZONE)


class ReportRules(SettingsShape):
    """The life of one report.

    - `due`: without it the schedule does not draft it.
    - `persons`: how many must agree. With 2 one drafts or approves, another completes it.
    - `to`: the e-mail addresses of the report itself. Its letters go to the address that the catalogue has of a unit.
    - `axis`: whether it also goes to the document axis.
    """

    due: Due | None = None
    persons: Literal[1, 2] = 1
    to: Sequence[Email] | str = ()
    axis: bool = False

    @field_validator("to")
    @classmethod
    def _split(cls, value: Sequence[str] | str) -> Sequence[str]:
        """Addresses of a variable are one text, with commas between them."""
        given = re.split(r"[,;\s]+", value) if isinstance(value, str) else value
        addresses = tuple(dict.fromkeys(filter(None, given)))
        if wrong := [one for one in addresses if not re.fullmatch(EMAIL, one)]:
            raise ValueError(f"not an e-mail address: {', '.join(wrong)}")
        return addresses


class MailText(SettingsShape):
    """Subject and text of a mail, with names of `PLACEHOLDERS` in braces."""

    subject: str
    text: str

    @field_validator("subject", "text")
    @classmethod
    def _known(cls, value: str) -> str:
        names = [name for _, name, _, _ in Formatter().parse(value) if name is not None]
        if unknown := sorted(set(names) - set(PLACEHOLDERS)):
            raise ValueError(f"unknown: {', '.join(unknown)}; there are: {', '.join(PLACEHOLDERS)}")
        return value


class AxisOrganisation(SettingsShape):
    """An organisation by its identifier on the document axis (mã định danh cơ quan)."""

    id: str
    name: str
    in_charge: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""


class Axis(SettingsShape):
    """The document axis (trục liên thông văn bản): who sends a report there, and to which organisations."""

    sender: AxisOrganisation
    to: Annotated[Sequence[AxisOrganisation], Field(min_length=1)]
    type_name: str = "Báo cáo"


class ReportLife(SettingsFile):
    """The whole file.

    - `since`: the first period that the schedule drafts; what was before is drafted by hand.
    - `at`: the local time of day from which on a report is due.
    - `alarm_after`: days after which one that is due and not sent is named in the log.
    - `report_mail`, `letter_mail`: what stands in the mails of a report and of a letter to one unit.
    - `axis`: for the reports with `axis: true`.
    """

    since: Period
    at: time = time(6, 30)
    alarm_after: Annotated[int, Field(ge=1, le=365)] = 5
    reports: Mapping[str, ReportRules] = Field(default_factory=dict)
    report_mail: MailText
    letter_mail: MailText
    axis: Axis | None = None

    @model_validator(mode="after")
    def _axis_is_known(self) -> Self:
        wanted = [name for name, rules in self.reports.items() if rules.axis]
        if wanted and self.axis is None:
            raise ValueError(f"`axis: true` of {', '.join(wanted)} needs `axis` with `sender` and `to`")
        return self

    def of(self, report: str) -> ReportRules:
        """The rules of a report; of one that is not named, those of a report that is made by hand."""
        return self.reports.get(report, _BY_HAND)

    def due_until(self, now: datetime) -> Iterator[tuple[str, str, datetime]]:
        """Every report, period and moment that is due by `now`, from the first period on."""
        for report, rules in self.reports.items():
            first = date.fromisoformat(f"{self.since}-01")
            while rules.due is not None and (due := rules.due.moment(f"{first:%Y-%m}", self.at)) <= now:
                yield report, f"{first:%Y-%m}", due
                first = _next_month(first)


_BY_HAND = ReportRules()


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
