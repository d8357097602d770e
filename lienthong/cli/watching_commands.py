"""The commands that show how the bus is now, and resume a stage. Heavy rooms are imported inside."""

from pathlib import Path
from typing import Annotated

import typer

from lienthong.cli.options import As, AsJson, Watch
from lienthong.messages import message
from lienthong.runtime.project import Project


def queues(
    project: Project,
    kind: Annotated[
        str,
        typer.Argument(
            metavar=message("KIND"),
            help=message("`unreadable` or `foreign`: list the messages that were set aside, in place of the queues."),
        ),
    ] = "",
    *,
    remove: Annotated[
        list[str] | None,
        typer.Option(metavar=message("ID"), help=message("Remove this message, or `all`; may be repeated.")),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(metavar=message("DIR"), help=message("Write the bytes of these messages to files there.")),
    ] = None,
    watch: Watch = None,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context
    from lienthong.cli.queues import show_queues
    from lienthong.cli.watching import watch as show_again

    console = context.console()
    if kind or remove or save:
        from lienthong.cli.set_aside import show_messages

        raise typer.Exit(show_messages(console, project, kind, remove=remove or (), save=save, as_json=as_json))
    raise typer.Exit(show_again(console, watch, lambda: show_queues(console, project, as_json=as_json)))


def sources(project: Project, *, watch: Watch = None, as_json: AsJson = False) -> None:
    from lienthong.cli import context
    from lienthong.cli.sources import show_sources
    from lienthong.cli.watching import watch as show_again

    console = context.console()
    raise typer.Exit(show_again(console, watch, lambda: show_sources(console, project, as_json=as_json)))


def resume(
    project: Project,
    stage: Annotated[
        str, typer.Argument(metavar=message("STAGE"), help=message("The stage, for example `sink.data-store`."))
    ],
    *,
    person: As = "",
) -> None:
    from lienthong.cli import context
    from lienthong.cli.queues import resume_stage

    actor = context.acting_person(project, person)
    raise typer.Exit(resume_stage(context.console(), project, stage, actor=actor))
