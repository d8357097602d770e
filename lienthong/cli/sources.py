"""`lienthong sources`: how each source is, and what it read."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.output import MINUTE, local_time, print_json, print_text
from lienthong.cli.safe_console import plain, stacked
from lienthong.configuration import duration
from lienthong.messages import Message, format_number, message
from lienthong.operations.labels import source_state_label
from lienthong.operations.sources import SourceView, look_at_sources, source_json
from lienthong.runtime.existing_storage import open_status_board
from lienthong.runtime.project import Project

NONE = "—"


def show_sources(console: Console, project: Project, *, as_json: bool) -> int:
    """Show the sources. The exit code is 1 when an operator has to look after one of them."""
    settings = project.readable_settings()
    with open_status_board(project) as (board, ledger):
        views = look_at_sources(board, ledger, settings, SystemClock().now())
    if as_json:
        print_json([source_json(view) for view in views])
    else:
        _show(console, views)
    return context.FAULT if any(view.is_faulty for view in views) else context.OK


def _show(console: Console, views: Sequence[SourceView]) -> None:
    table = Table(title=message("Sources"), title_justify="left", show_lines=True)
    table.add_column(stacked(message("Source"), message("state")))
    table.add_column(stacked(message("Last poll"), message("next poll")), no_wrap=True)
    table.add_column(stacked(message("Last success"), message("last new event")), no_wrap=True)
    table.add_column(stacked(message("Read / new"), message("in total")), justify="right", no_wrap=True)
    for view in views:
        status = view.status
        name = stacked(view.name).append("\n").append_text(plain(source_state_label(view.state), _colour(view)))
        table.add_row(
            name,
            stacked(_moment(status.running_since or status.ended_at), _moment(status.next_at)),
            stacked(_moment(status.success_at), _moment(status.new_at)),
            stacked(_counts(status.shown, status.new), _counts(status.shown_total, status.new_total)),
        )
    console.print(table)
    for view in views:
        for sentence in _sentences(view):
            print_text(console, sentence, "red" if view.is_faulty else "")
        if view.cursor:
            print_text(console, message("{source} was read up to {cursor}", source=view.name, cursor=view.cursor))


def _colour(view: SourceView) -> str:
    return "red" if view.is_faulty else "dim" if view.state in ("disabled", "unused") else "green"


def _moment(instant: object) -> str:
    return local_time(instant, MINUTE) if instant else NONE  # type: ignore[arg-type]  # only instants come


def _counts(read: int, new: int) -> str:
    return f"{format_number(read)} / {format_number(new)}"


def _sentences(view: SourceView) -> Iterator[Message]:
    """What a person has to know beyond the table."""
    status, name = view.status, view.name
    if status.trouble and status.trouble_since is not None:
        yield message(
            "{source}: {state} since {since}: {why}. Nothing is lost; the next poll reads on from there.",
            source=name,
            state=source_state_label(status.trouble),
            since=local_time(status.trouble_since),
            why=status.why.rstrip("."),
        )
    if view.state == "hanging" and status.progress_at is not None:
        yield message(
            "{source}: its poll goes on without a page since {since}; see whether the system answers, or restart the "
            "process.",
            source=name,
            since=local_time(status.progress_at),
        )
    if view.state == "silent" and view.silent_after is not None:
        yield message(
            "{source}: it answers, but nothing new came for longer than {limit} (`silent_after`); ask whether its "
            "system still records.",
            source=name,
            limit=duration.show(view.silent_after),
        )
    if view.pushes is not None and view.pushes.pushed_at is not None:
        yield message(
            "{source}: {count} pushes recorded, the last one at {moment}.",
            source=name,
            count=format_number(view.pushes.pushes),
            moment=local_time(view.pushes.pushed_at),
        )
    if view.pushes is not None and view.pushes.refused_at is not None:
        yield message(
            "{source}: {count} pushes refused, the last one at {moment} ({code}).",
            source=name,
            count=format_number(view.pushes.refused),
            moment=local_time(view.pushes.refused_at),
            code=view.pushes.refusal,
        )
    if view.awaited:
        yield message(
            "{source}: it is not polled before these were read once to their end: {names}.",
            source=name,
            names=", ".join(view.awaited),
        )
    if view.next_due is not None:
        yield message("{source}: the next moment is {moment}.", source=name, moment=local_time(view.next_due, MINUTE))
    if view.lacks_days_of:
        yield message(
            "{source}: no notice in the calendar `{calendar}` states the days off of that year; add it, or the working "
            "days are those that the law gives.",
            source=name,
            calendar=view.lacks_days_of,
        )
    if view.state == "stopped":
        yield message("{source}: no process polls it; run `lienthong run`, or see `lienthong doctor`.", source=name)
