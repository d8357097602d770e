"""The command that shows a month of an agency. Heavy rooms are imported inside."""

from typing import Annotated

import typer

from lienthong.cli.options import AsJson
from lienthong.messages import message
from lienthong.runtime.project import Project


def calendar(
    project: Project,
    agency: Annotated[
        str,
        typer.Argument(metavar=message("AGENCY"), help=message("The code of an agency, or the name of a calendar.")),
    ],
    *,
    month: Annotated[
        str,
        typer.Option(metavar=message("MONTH"), help=message("The month, for example 2026-08; if not given, this one.")),
    ] = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context
    from lienthong.cli.month import show_calendar

    raise typer.Exit(show_calendar(context.console(), project, agency, month, as_json=as_json))
