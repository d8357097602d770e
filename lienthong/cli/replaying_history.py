"""`lienthong replay-history`: shows what would change, asks, and replays."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import typer
from rich.console import Console

from lienthong.cli import context
from lienthong.cli.history_page import print_preview, print_run
from lienthong.cli.output import print_json, print_text
from lienthong.cli.replaying import letters_per_second
from lienthong.dead_letters.actor import Actor
from lienthong.errors import WrongUse
from lienthong.maintenance.history_replay import Tell
from lienthong.messages import format_number, message
from lienthong.ports.history import HistoryRange, HistoryRun
from lienthong.runtime.acts import Acting
from lienthong.runtime.history import Preview, open_history
from lienthong.runtime.project import Project


@dataclass(frozen=True, slots=True)
class HistoryOrder:
    """What is asked for. `rate`: as it is written, or ""."""

    source: str
    first: str
    end: str
    periods: tuple[str, ...]
    rate: str
    dry_run: bool
    yes: bool
    reason: str


def replay(console: Console, project: Project, order: HistoryOrder, *, actor: Actor, as_json: bool) -> int:
    """Show what would change, and do it unless it is a dry run. The exit code is 1 when some events were refused."""
    of = _range(order)
    rate = letters_per_second(order.rate)
    if not order.dry_run and not order.reason.strip():
        raise WrongUse(message("write with `--reason` why history is replayed, or look first with `--dry-run`"))
    with open_history(project) as runs:
        with _progress(console, is_shown=not as_json) as tell:
            preview = runs.preview(of, periods=order.periods, tell=tell)
        if not as_json:
            print_preview(console, preview)
        run = None
        if not order.dry_run and preview.size.events and _is_agreed(console, order, as_json=as_json):
            with _progress(console, is_shown=not as_json) as tell:
                run = runs.carry_out(of, Acting(actor, order.reason), rate=rate, tell=tell)
    if as_json:
        print_json(preview_json(preview) | {"run": None if run is None else run_json(run)})
    elif run is not None:
        print_run(console, run)
    return context.FAULT if run is not None and run.tally.refused else context.OK


def preview_json(preview: Preview) -> dict[str, Any]:
    """For programs. `goes_on` is the number of a run that was begun and goes on, or null."""
    return {
        **preview.of._asdict(),
        "events": preview.size.events,
        "goes_on": preview.open_run.number if preview.open_run else None,
        "would": asdict(preview.tally),
        "tables": [asdict(one) for one in preview.tables],
        "reports": [{"report": report, "period": period} for report, period in preview.reports],
        "figures": [asdict(one) for one in preview.figures],
    }


def run_json(run: HistoryRun) -> dict[str, Any]:
    """For programs."""
    return {
        "number": run.number,
        "who": run.who,
        "began_at": run.began_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        **asdict(run.tally),
    }


def _range(order: HistoryOrder) -> HistoryRange:
    try:
        first, end = date.fromisoformat(order.first), date.fromisoformat(order.end)
    except ValueError:
        raise WrongUse(message("write days as 2023-11-01")) from None
    if first >= end:
        raise WrongUse(message("`--to` must be a later day than `--from`; events of that day are not replayed"))
    return HistoryRange(order.source, first.isoformat(), end.isoformat())


def _is_agreed(console: Console, order: HistoryOrder, *, as_json: bool) -> bool:
    if order.yes:
        return True
    if as_json or not sys.stdin.isatty():
        if not as_json:
            print_text(console, message("Nothing was changed; add `--yes` to do it."))
        return False
    return typer.confirm(message("Replay it now?"))


@contextmanager
def _progress(console: Console, *, is_shown: bool) -> Iterator[Tell]:
    """Shows how far a run is, on a terminal."""
    if not is_shown or not console.is_terminal:
        yield lambda _: None
        return
    with console.status("") as status:

        def tell(run: HistoryRun) -> None:
            place = {"position": format_number(run.position), "last": format_number(run.last)}
            is_first = run.phase == "withdraw"
            status.update(
                message("First pass, taking back: event {position} of {last}", **place)
                if is_first
                else message("Second pass, storing: event {position} of {last}", **place)
            )

        yield tell
