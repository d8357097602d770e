"""`lienthong run`: its options, and which of them exclude each other."""

from pathlib import Path
from typing import Annotated

import typer

from lienthong.messages import Message, message
from lienthong.runtime.environment import name_servers
from lienthong.runtime.project import Project


def run(
    project: Project,
    *,
    recording: Annotated[
        Path | None,
        typer.Option(
            metavar=message("DIR"),
            help=message("Play a recording in the project's sandbox, in place of the real systems."),
        ),
    ] = None,
    until_done: Annotated[bool, typer.Option("--until-done", help=message("End when there is no work left."))] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar=message("DIR"), help=message("Where reports are written; for a recording `out` if not given.")
        ),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            metavar=message("ROLE"),
            help=message("Play one role only: `intake`, `route:NAME` or `sink:NAME`; one process a role."),
        ),
    ] = None,
    processes: Annotated[
        int,
        typer.Option(
            min=1,
            metavar=message("NUMBER"),
            help=message("How many processes share all the work; one that dies is started again."),
        ),
    ] = 1,
    migrate: Annotated[
        bool,
        typer.Option("--migrate", help=message("First create or upgrade the tables, as `lienthong migrate` does.")),
    ] = False,
    broker: Annotated[
        str,
        typer.Option(
            metavar=message("ADDRESS"),
            help=message("The broker, in place of `LIENTHONG_BROKER`; a recording uses no other than this one."),
        ),
    ] = "",
    database: Annotated[
        str,
        typer.Option(
            metavar=message("ADDRESS"),
            help=message("The database, in place of `LIENTHONG_DATABASE`; a recording uses no other than this one."),
        ),
    ] = "",
    watched: Annotated[bool, typer.Option("--watched", hidden=True)] = False,
) -> None:
    from lienthong.cli import context, migration, running, several

    conflict = _conflict(recording=recording, until_done=until_done, out=out, only=only, processes=processes)
    if conflict is not None:
        context.fail(conflict, context.USAGE)
    console = context.service_console(project)
    if recording is not None:
        project = project.for_recording(recording, broker=broker, database=database)
    else:
        name_servers(broker=broker, database=database)
    if migrate:
        migration.migrate(project, console)
    if processes > 1:
        raise typer.Exit(several.run(project, console, processes=processes))
    if recording is not None:
        with context.error_boundary(project.data):
            raise typer.Exit(running.run_recording(project, recording, out or Path("out"), console))
    raise typer.Exit(running.serve(project, console, until_done=until_done, out=out, only=only, watched=watched))


def _conflict(
    *, recording: Path | None, until_done: bool, out: Path | None, only: str | None, processes: int
) -> Message | None:
    """A sentence when two of the options exclude each other."""
    if processes > 1 and (recording is not None or until_done or out is not None or only is not None):
        return message("`--processes` stands alone: leave out `--recording`, `--until-done`, `--out` and `--only`.")
    if recording is not None and only is not None:
        return message("`--recording` plays every role: leave out `--only`.")
    return None
