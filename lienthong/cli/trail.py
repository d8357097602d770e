"""`lienthong trail`: everything that happened to one dossier or one event."""

from collections.abc import Sequence
from itertools import islice

from rich.console import Console
from rich.table import Table

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.cli.safe_console import plain
from lienthong.data.local_time import local_time
from lienthong.ledger.records import Entry
from lienthong.masking import mask_text
from lienthong.messages import message, message_n
from lienthong.operations.labels import verdict_label
from lienthong.operations.moments import parse_since
from lienthong.operations.trail import entries_by_event, trail, trail_json
from lienthong.runtime.existing_storage import open_ledger
from lienthong.runtime.project import Project

COLOURS = {"dead": "red", "edited": "cyan", "later": "yellow", "dropped": "dim", "replayed": "cyan", "discarded": "dim"}


EVENTS = 50
"""Events that are shown when the command names no other number: the latest ones."""


def show_trail(
    console: Console, project: Project, key: str, *, since: str = "", limit: int | None = None, as_json: bool
) -> int:
    """Show the trail. The exit code is 1 when the ledger has no such event.

    `since` leaves out what was received before. Without a limit a person is shown the latest events, a program all.
    """
    earliest = parse_since(since, SystemClock().now())
    with open_ledger(project) as ledger:
        entries = [entry for entry in trail(ledger, key) if earliest is None or entry.received_at >= earliest]
    if as_json and limit:
        entries = [entry for story in list(entries_by_event(entries).values())[-limit:] for entry in story]
    if as_json:
        print_json(trail_json(entries))
    elif entries:
        _show_events(console, key, entries, EVENTS if limit is None else limit)
    if not entries:
        context.fail(message("The ledger has no event with the code {key}.", key=mask_text(key)))
    return context.OK


def _show_events(console: Console, key: str, entries: Sequence[Entry], limit: int) -> None:
    """One table for each event, its entries in order of time; the latest `limit` events, 0 for all."""
    by_event = entries_by_event(entries)
    title = message_n(
        "The trail of {key}: {count} event",
        "The trail of {key}: {count} events",
        count=len(by_event),
        key=mask_text(key),
    )
    print_text(console, title)
    left_out = max(len(by_event) - limit, 0) if limit else 0
    for number, (event_id, story) in islice(enumerate(by_event.items(), 1), left_out, None):
        heading = message("{number}. Event {event}", number=number, event=event_id)
        table = Table(title=heading, title_justify="left", expand=False)
        table.add_column(message("Time (Vietnam)"), no_wrap=True)
        table.add_column(message("Stage"), no_wrap=True)
        table.add_column(message("Result"), no_wrap=True)
        table.add_column(message("Passed to / reason"), min_width=24)
        for entry in story:
            verdict = plain(verdict_label(entry.verdict), COLOURS.get(entry.verdict, ""))
            table.add_row(local_time(entry.at or entry.received_at), entry.stage, verdict, _note(entry))
        console.print(table)
    if left_out:
        text = message_n(
            "{count} earlier event is not shown: `--limit 0` shows all of them.",
            "{count} earlier events are not shown: `--limit 0` shows all of them.",
            count=left_out,
        )
        print_text(console, text)


def _note(entry: Entry) -> str:
    passed_to = f"→ {', '.join(entry.to)}" if entry.to else ""
    reason = "" if entry.verdict == "received" else entry.reason
    who = f"({entry.who})" if entry.who else ""
    return " ".join(part for part in (passed_to, reason, who) if part)
