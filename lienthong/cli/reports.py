"""The commands of `lienthong reports`. Heavy rooms are imported inside, so that `--help` answers at once."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from lienthong.cli.options import As, AsJson
from lienthong.cli.typer_app import App
from lienthong.messages import message
from lienthong.runtime.project import Project

reports = App(help=message("The editions of reports: drafted, approved, sent, received."))

_Id = Annotated[
    str, typer.Argument(metavar=message("EDITION"), help=message("An edition, such as `paper-filings/2026-11/1`."))
]
_Name = Annotated[
    str, typer.Argument(metavar=message("NAME"), help=message("The name of a report in `config/reports/`."))
]
_Reason = Annotated[
    str, typer.Option("--reason", metavar=message("TEXT"), help=message("Why; it is written to the ledger."))
]


@reports.command("list", help=message("The editions, the newest period first, with their states."))
def list_editions(
    project: Project,
    *,
    period: Annotated[
        str, typer.Option("--period", metavar=message("MONTH"), help=message("Only those of this period."))
    ] = "",
    name: Annotated[
        str, typer.Option("--report", metavar=message("NAME"), help=message("Only those of this report."))
    ] = "",
    state: Annotated[
        Literal["due", "drafted", "approved", "sent", "received", "all"],
        typer.Option("--state", help=message("Only editions in this state.")),
    ] = "all",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, edition_views
    from lienthong.ports.reports import EditionFilter

    wanted = EditionFilter(name, period, None if state == "all" else state)
    edition_views.show_list(context.console(), project, wanted, as_json=as_json)


@reports.command("show", help=message("One edition: what was done with it and who got it; with `--out` its files."))
def show(
    project: Project,
    edition: _Id,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar=message("DIR"), help=message("Also write its files here."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, edition_views

    edition_views.show(context.console(), project, edition, out=out, as_json=as_json)


@reports.command("diff", help=message("What changed between two editions, figure by figure."))
def diff(
    project: Project,
    edition: _Id,
    other: Annotated[
        str | None,
        typer.Argument(
            metavar=message("EDITION"), help=message("The other edition, such as `paper-filings/2026-11/2`.")
        ),
    ] = None,
    *,
    number: Annotated[
        int | None,
        typer.Option(
            "--edition",
            min=1,
            metavar=message("NUMBER"),
            help=message("The other edition of the same report and period, by its number."),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, edition_views

    if (other is None) == (number is None):
        text = message("Name the other edition, or its number with `--edition`: exactly one of the two.")
        context.fail(text, context.USAGE)
    second = other or f"{edition.rpartition('/')[0]}/{number}"
    edition_views.show_changes(context.console(), project, edition, second, as_json=as_json)


@reports.command("draft", help=message("Draft a report by hand; after one that was sent this is its next edition."))
def draft(
    project: Project,
    name: _Name,
    *,
    period: Annotated[
        str,
        typer.Option(
            "--period", metavar=message("MONTH"), help=message("The period of the report, for example 2023-11.")
        ),
    ],
    reason: _Reason = "",
    person: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, edition_acts

    actor = context.acting_person(project, person)
    edition_acts.draft(context.console(), project, name, period, actor=actor, reason=reason, as_json=as_json)


@reports.command(
    "send",
    help=message("Send an approved edition, once to each recipient; again only where it surely failed."),
)
def send(project: Project, edition: _Id, *, reason: _Reason = "", person: As = "", as_json: AsJson = False) -> None:
    from lienthong.cli import context, edition_acts

    actor = context.acting_person(project, person)
    raise typer.Exit(
        edition_acts.send(context.console(), project, edition, actor=actor, reason=reason, as_json=as_json)
    )


@reports.command(
    "resolve", help=message("End a doubt: state whether a message has left. One that has not is sent again.")
)
def resolve(
    project: Project,
    edition: _Id,
    *,
    recipient: Annotated[
        str,
        typer.Option(
            "--recipient", metavar=message("RECIPIENT"), help=message("An e-mail address, or the code of a unit.")
        ),
    ],
    outcome: Annotated[
        Literal["sent", "not-sent"], typer.Option("--outcome", help=message("It has left, or it never has."))
    ],
    reason: _Reason = "",
    person: As = "",
) -> None:
    from lienthong.cli import context, edition_acts

    actor = context.acting_person(project, person)
    edition_acts.resolve(context.console(), project, edition, recipient, outcome, actor=actor, reason=reason)


@reports.command("receive", help=message("Note that recipients have what was sent to them."))
def receive(
    project: Project,
    edition: _Id,
    *,
    recipient: Annotated[
        str,
        typer.Option(
            "--recipient",
            metavar=message("RECIPIENT"),
            help=message("An e-mail address, or the code of a unit; if not given, all of them."),
        ),
    ] = "",
    reason: _Reason = "",
    person: As = "",
) -> None:
    from lienthong.cli import context, edition_acts

    actor = context.acting_person(project, person)
    edition_acts.receive(context.console(), project, edition, recipient, actor=actor, reason=reason)


@reports.command("approve", help=message("Approve a draft, so that it can be sent."))
def approve(
    project: Project,
    edition: _Id,
    *,
    reason: _Reason = "",
    number: Annotated[
        str,
        typer.Option(
            "--number",
            metavar=message("NUMBER"),
            help=message("The number and sign of the document, such as `12/BC-VPUBND`."),
        ),
    ] = "",
    person: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, edition_acts

    actor = context.acting_person(project, person)
    edition_acts.approve(
        context.console(), project, edition, actor=actor, reason=reason, number=number, as_json=as_json
    )
