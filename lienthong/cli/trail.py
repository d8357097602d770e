"""`lienthong trail`: everything that happened to one dossier or one event."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lienthong.cli import context
from lienthong.cli.output import local_time, print_json, print_text
from lienthong.ledger.records import Entry
from lienthong.masking import mask_text
from lienthong.messages import message, message_n
from lienthong.operations.labels import verdict_label
from lienthong.operations.trail import entries_by_event, trail, trail_json
from lienthong.runtime.existing_storage import open_ledger
from lienthong.runtime.project import Project

COLOURS = {"dead": "red", "edited": "cyan", "later": "yellow", "dropped": "dim", "replayed": "cyan", "discarded": "dim"}


def show_trail(console: Console, project: Project, key: str, *, as_json: bool) -> int:
    """Show the trail. The exit code is 1 when the ledger has no such event."""
    with open_ledger(project) as ledger:
        entries = trail(ledger, key)
    if as_json:
        print_json(trail_json(entries))
    elif entries:
        _show_events(console, key, entries)
    if not entries:
        context.fail(message("The ledger has no event with the code {key}.", key=mask_text(key)))
    return context.OK


def _show_events(console: Console, key: str, entries: Sequence[Entry]) -> None:
    """One table for each event, its entries in order of time."""
    by_event = entries_by_event(entries)
    title = message_n(
        "The trail of {key}: {count} event",
        "The trail of {key}: {count} events",
        count=len(by_event),
        key=mask_text(key),
    )
    print_text(console, title)
    for number, (event_id, story) in enumerate(by_event.items(), 1):
        heading = message("{number}. Event {event}", number=number, event=event_id)
        table = Table(title=heading, title_justify="left", expand=False)
        table.add_column(message("Time (Vietnam)"), no_wrap=True)
        table.add_column(message("Stage"), no_wrap=True)
        table.add_column(message("Result"), no_wrap=True)
        table.add_column(message("Passed to / reason"), min_width=24)
        for entry in story:
            verdict = Text(verdict_label(entry.verdict), COLOURS.get(entry.verdict, ""))
            table.add_row(local_time(entry.at or entry.received_at), entry.stage, verdict, Text(_note(entry)))
        console.print(table)


def _note(entry: Entry) -> str:
    passed_to = f"→ {', '.join(entry.to)}" if entry.to else ""
    reason = "" if entry.verdict == "received" else entry.reason
    who = f"({entry.who})" if entry.who else ""
    return " ".join(part for part in (passed_to, reason, who) if part)
