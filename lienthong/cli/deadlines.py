"""The commands of `lienthong deadlines`. Heavy rooms are imported inside, so that `--help` answers at once."""

from typing import Annotated, Literal

import typer

from lienthong.cli.options import AsJson, Limit
from lienthong.cli.typer_app import App
from lienthong.messages import message
from lienthong.runtime.project import Project

deadlines = App(help=message("Deadlines: which run, which are missed, and by which rule."))


@deadlines.command("list", help=message("The deadlines, the earliest due first, page by page."))
def list_deadlines(
    project: Project,
    *,
    state: Annotated[
        Literal["running", "paused", "met", "breached", "all"],
        typer.Option("--state", help=message("Deadlines that are running, paused, met or breached, or all of them.")),
    ] = "all",
    agency: Annotated[
        str, typer.Option("--agency", metavar=message("CODE"), help=message("Only those of the agency with this code."))
    ] = "",
    after: Annotated[
        str,
        typer.Option("--after", metavar=message("ID"), help=message("Only what follows this deadline: the next page.")),
    ] = "",
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, deadline_list
    from lienthong.ports.deadlines import DeadlineFilter

    wanted = DeadlineFilter(None if state == "all" else state, agency, after)
    deadline_list.show(context.console(), project, wanted, limit=limit, as_json=as_json)


@deadlines.command(
    "recompute",
    help=message("Reckon all deadlines anew at once after rules or calendars changed; the bus does so in portions."),
)
def recompute(project: Project) -> None:
    from lienthong.cli import context, deadline_list

    deadline_list.recompute(context.console(), project)
