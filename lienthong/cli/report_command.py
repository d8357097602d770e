"""The command `lienthong report`: the files of a report, or the events behind one of its figures."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from lienthong.cli.options import AsJson, Limit
from lienthong.messages import message
from lienthong.runtime.project import Project


def report(
    project: Project,
    name: Annotated[
        str, typer.Argument(metavar=message("NAME"), help=message("The name of a report in `config/reports/`."))
    ],
    *,
    period: Annotated[
        str, typer.Option(metavar=message("MONTH"), help=message("The period of the report, for example 2023-11."))
    ],
    out: Annotated[Path, typer.Option(metavar=message("DIR"), help=message("Where to write."))] = Path("out"),
    unit: Annotated[
        str | None,
        typer.Option(metavar=message("CODE"), help=message("Only this unit and those below it, for example H08.31.")),
    ] = None,
    tree: Annotated[
        Literal["period", "today"],
        typer.Option(
            help=message("The units of the period, or those of today with the history of their predecessors.")
        ),
    ] = "period",
    explain: Annotated[
        str | None,
        typer.Option(
            metavar=message("FIGURE"),
            help=message("Write no file, but show the events behind this figure; `list` shows the paths of all."),
        ),
    ] = None,
    proof: Annotated[
        bool,
        typer.Option(
            "--proof",
            help=message("Also write the proof of every figure: its formula, and the number and digest of its events."),
        ),
    ] = False,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context
    from lienthong.cli.reporting import write_report
    from lienthong.report import Scope

    scope = Scope(unit, tree)
    if explain is not None:
        if proof:
            context.fail(message("`--proof` belongs to the files of a report, not to `--explain`."), context.USAGE)
        from lienthong.cli.proving import FigureQuestion, explain_figure

        question = FigureQuestion(name, period, scope, explain, limit)
        explain_figure(context.console(), project, question, as_json=as_json)
        return
    if as_json or limit is not None:
        context.fail(message("`--json` and `--limit` belong to `--explain`."), context.USAGE)
    raise typer.Exit(write_report(project, name, period=period, folder=out, scope=scope, with_proof=proof))
