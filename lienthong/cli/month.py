"""`lienthong calendar`: a month of an agency, day by day, and why a day is off or worked."""

from rich.console import Console
from rich.table import Table

from lienthong.adapters.clock import SystemClock
from lienthong.calendars.parts import Basis, Day, Kind
from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.cli.safe_console import plain
from lienthong.configuration.rule_words import WEEKDAYS
from lienthong.data.local_time import DAY
from lienthong.messages import Message, format_number, message, msgid
from lienthong.operations.month import MonthView, look_at_month, month_json, times_of
from lienthong.runtime.project import Project

KINDS: dict[Kind, str] = {
    "working": "",
    "rest": msgid("weekly day off"),
    "holiday": msgid("public holiday"),
    "off": msgid("day off"),
    "extra": msgid("worked instead"),
}
STYLES: dict[Kind, str] = {"working": "", "rest": "dim", "holiday": "red", "off": "red", "extra": "green"}


def show_calendar(console: Console, project: Project, agency: str, month: str, *, as_json: bool) -> int:
    """Show a month of an agency."""
    view = look_at_month(project.readable_settings(), agency, month, SystemClock().now())
    if as_json:
        print_json(month_json(view))
    else:
        _show(console, view)
    return context.OK


def _show(console: Console, view: MonthView) -> None:
    first = view.days[0].date
    title = message(
        "{month}: calendar `{calendar}` of {agency}",
        month=f"{first:%m/%Y}",
        calendar=view.calendar.name,
        agency=view.agency,
    )
    table = Table(title=plain(title), title_justify="left")
    for heading in (message("Day"), message("Weekday"), message("Hours"), message("Why"), message("Document")):
        table.add_column(heading)
    for day in view.days:
        texts = (f"{day.date:{DAY}}", message(WEEKDAYS[day.date.weekday()]), _hours(day), _why(day), _basis(day.basis))
        table.add_row(*(plain(text) for text in texts), style=STYLES[day.kind])
    console.print(table)
    hours = format_number(view.working_time.total_seconds() / 3600, decimals=1)
    text = message("{days} working days, {hours} working hours.", days=view.working_days, hours=hours)
    print_text(console, text)
    if view.unannounced:
        warning = message(
            "No notice states the days off of {year} yet: these are the days that the law gives, and they may change.",
            year=first.year,
        )
        print_text(console, warning, "yellow")


def _hours(day: Day) -> str:
    return ", ".join("-".join(times_of(span)) for span in day.spans) or "—"


def _why(day: Day) -> str:
    kind = message(KINDS[day.kind]) if KINDS[day.kind] else ""
    return ": ".join(filter(None, (kind, day.name)))


def _basis(basis: Basis | None) -> str:
    if basis is None:
        return ""
    return _dated(basis) if basis.dated else basis.title


def _dated(basis: Basis) -> Message:
    return message("{document} of {date}", document=basis.title, date=f"{basis.dated:{DAY}}")
