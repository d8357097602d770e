"""The command `lienthong replay-history`: the history of a source once more through the routes of today."""

from typing import Annotated

import typer

from lienthong.cli.options import As, AsJson
from lienthong.messages import message
from lienthong.runtime.project import Project


def replay_history(
    project: Project,
    *,
    source: Annotated[
        str,
        typer.Option("--source", metavar=message("SOURCE"), help=message("The source of the events.")),
    ],
    first: Annotated[
        str,
        typer.Option(
            "--from", metavar=message("DAY"), help=message("Events received from this day on, for example 2023-11-01.")
        ),
    ],
    end: Annotated[
        str,
        typer.Option("--to", metavar=message("DAY"), help=message("Until before this day, for example 2023-12-01.")),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=message("Only show what would change."))] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help=message("Do it without asking, after what would change was shown."))
    ] = False,
    rate: Annotated[
        str,
        typer.Option(
            "--rate",
            metavar=message("RATE"),
            help=message("At most so many events, for example `500/s`; without it as fast as possible."),
        ),
    ] = "",
    period: Annotated[
        list[str] | None,
        typer.Option(
            "--period",
            metavar=message("MONTH"),
            help=message("Also compare every report of this month, whether it has an edition or not; may be repeated."),
        ),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar=message("TEXT"), help=message("Why; it is written to the ledger."))
    ] = "",
    person: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context
    from lienthong.cli.replaying_history import HistoryOrder, replay

    actor = context.acting_person(project, person)
    order = HistoryOrder(source, first, end, tuple(period or ()), rate, dry_run=dry_run, yes=yes, reason=reason)
    raise typer.Exit(replay(context.console(), project, order, actor=actor, as_json=as_json))
