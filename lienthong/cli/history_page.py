"""How a replay of history is shown to people."""

from typing import Any

from rich.console import Console

from lienthong.cli.output import print_text
from lienthong.data.harmless import json_text
from lienthong.data.local_time import local_time
from lienthong.messages import format_number, message, message_n
from lienthong.operations.history_preview import TableChange
from lienthong.ports.history import HistoryRun, Tally
from lienthong.runtime.history import Preview

SHOWN_FIGURES = 40
"""Figures of reports that are shown to a person; `--json` has all."""


def print_preview(console: Console, preview: Preview) -> None:
    """What would change. Nothing has changed yet."""
    text = message_n(
        "{count} event of {source} was received from {first} to before {end}.",
        "{count} events of {source} were received from {first} to before {end}.",
        count=preview.size.events,
        **preview.of._asdict(),
    )
    print_text(console, text, "bold")
    if preview.open_run is not None:
        run = preview.open_run
        text = message(
            "Run {number}, begun by {person} at {time}, is not at its end; it would go on from event {position}.",
            number=run.number,
            person=run.who,
            time=local_time(run.began_at),
            position=format_number(run.position),
        )
        print_text(console, text, "yellow")
    _print_tally(console, preview.tally)
    for table in preview.tables:
        _print_table(console, table)
    if not preview.tables:
        print_text(console, message("Nothing would change in the store."))
    _print_figures(console, preview)


def print_run(console: Console, run: HistoryRun) -> None:
    """What was done."""
    text = message_n(
        "Run {number}: {count} event was read.",
        "Run {number}: {count} events were read.",
        count=run.tally.read,
        number=run.number,
    )
    print_text(console, text, "bold")
    _print_tally(console, run.tally)
    print_text(console, message("Who and why: `lienthong trail history-replay/{number}`.", number=run.number))


def _print_tally(console: Console, tally: Tally) -> None:
    lines = (
        (tally.redone, message("made again")),
        (tally.added, message("given to a route or sink that never had them")),
        (tally.taken_back, message("taken back: the routes of today keep nothing of them")),
        (tally.open, message("left alone: the bus has them, and goes by the routes of today")),
        (tally.dead, message("left alone: they are dead letters, see `lienthong dead replay`")),
        (tally.discarded, message("left alone: an operator discarded them")),
        (tally.refused, message("left as they were: a route or sink of today refuses them")),
    )
    for count, text in lines:
        if count:
            print_text(console, f"  {format_number(count):>10}  {text}")
    for why, count in tally.reasons.items():
        print_text(console, f"              {format_number(count)}: {why}", "yellow")


def _print_table(console: Console, one: TableChange) -> None:
    text = message(
        "{table}: {added} rows added, {changed} changed, {removed} removed",
        table=one.table,
        added=format_number(one.added),
        changed=format_number(one.changed),
        removed=format_number(one.removed),
    )
    print_text(console, text, "bold")
    for field, count in one.fields.most_common():
        print_text(console, f"  {format_number(count):>10}  {field}")
    for example in one.examples:
        key = " ".join(str(value) for value in example["key"].values())
        pairs = [
            f"{name}: {_text(was)} → {_text(example['after'][name])}" for name, was in example.get("before", {}).items()
        ]
        print_text(console, f"    {example['kind']} {key}  {'; '.join(pairs)}", wrap=False)


def _print_figures(console: Console, preview: Preview) -> None:
    if not preview.reports:
        print_text(
            console, message("No report has an edition; `--period` compares the reports of a month all the same.")
        )
        return
    for one in preview.figures[:SHOWN_FIGURES]:
        print_text(
            console, f"  {one.report} {one.period}  {one.path}: {_text(one.before)} → {_text(one.after)}", wrap=False
        )
    changed = {(one.report, one.period) for one in preview.figures}
    text = message(
        "Of {reports} reports that were compared, {changed} would differ, in {figures} figures.",
        reports=format_number(len(preview.reports)),
        changed=format_number(len(changed)),
        figures=format_number(len(preview.figures)),
    )
    print_text(console, text, "bold")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)
