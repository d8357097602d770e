"""`lienthong sources`: how each source is, and what it read."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.cli.safe_console import plain, stacked
from lienthong.data.local_time import MINUTE, local_time
from lienthong.messages import format_number, message
from lienthong.operations.labels import source_state_label
from lienthong.operations.source_sentences import source_sentences
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
        for sentence in source_sentences(view):
            print_text(console, sentence, "red" if view.is_faulty else "")
        if view.cursor:
            print_text(console, message("{source} was read up to {cursor}", source=view.name, cursor=view.cursor))


def _colour(view: SourceView) -> str:
    return "red" if view.is_faulty else "dim" if view.state in ("disabled", "unused") else "green"


def _moment(instant: object) -> str:
    return local_time(instant, MINUTE) if instant else NONE  # type: ignore[arg-type]  # only instants come


def _counts(read: int, new: int) -> str:
    return f"{format_number(read)} / {format_number(new)}"
