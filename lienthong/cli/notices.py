"""The commands of `lienthong notices`. Heavy rooms are imported inside, so that `--help` answers at once."""

from typing import Annotated, Literal

import typer

from lienthong.cli.options import As, AsJson, Limit
from lienthong.cli.typer_app import App
from lienthong.messages import message
from lienthong.runtime.project import Project

notices = App(help=message("Notices to citizens and officers: their states, their templates, their costs."))

_Id = Annotated[str, typer.Argument(metavar=message("NOTICE"), help=message("The id of a notice."))]


@notices.command("list", help=message("The notices by id, page by page; personal data is hidden."))
def list_notices(
    project: Project,
    *,
    state: Annotated[
        Literal["held", "sending", "accepted", "delivered", "failed", "in_doubt", "expired", "suppressed", "all"],
        typer.Option("--state", help=message("Only notices in this state.")),
    ] = "all",
    channel: Annotated[
        str, typer.Option("--channel", metavar=message("CHANNEL"), help=message("Only those at this channel."))
    ] = "",
    about: Annotated[
        str, typer.Option("--about", metavar=message("DOSSIER"), help=message("Only those about this dossier."))
    ] = "",
    after: Annotated[
        str, typer.Option("--after", metavar=message("NOTICE"), help=message("Only what follows it: the next page."))
    ] = "",
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, notice_views
    from lienthong.ports.notice_keeping import NoticeFilter

    wanted = NoticeFilter(None if state == "all" else state, channel, about, after)
    notice_views.show_list(context.console(), project, wanted, limit=limit, as_json=as_json)


@notices.command("show", help=message("One notice with its attempts and what gateways answered."))
def show(project: Project, notice: _Id, *, as_json: AsJson = False) -> None:
    from lienthong.cli import context, notice_views

    notice_views.show(context.console(), project, notice, as_json=as_json)


@notices.command("preview", help=message("What a template becomes in each channel, with invented values."))
def preview(
    project: Project,
    template: Annotated[str, typer.Argument(metavar=message("TEMPLATE"), help=message("The name of a template."))],
    *,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, notice_views

    notice_views.preview(context.console(), project, template, as_json=as_json)


@notices.command(
    "resolve",
    help=message(
        "End a doubt: state whether a notice arrived. One that was not sent goes again; the ledger keeps who and why."
    ),
)
def resolve(
    project: Project,
    notice: _Id,
    *,
    outcome: Annotated[
        Literal["delivered", "not-sent", "failed"],
        typer.Option("--outcome", help=message("It arrived, it never left, or it will not arrive.")),
    ],
    why: Annotated[
        str, typer.Option("--why", metavar=message("TEXT"), help=message("How this is known, without personal data."))
    ],
    person: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, notice_views

    actor = context.acting_person(project, person)
    notice_views.resolve(context.console(), project, notice, outcome, why=why, actor=actor, as_json=as_json)


@notices.command("costs", help=message("What notices cost in a month, by channel, agency and happening."))
def costs(
    project: Project,
    *,
    month: Annotated[
        str,
        typer.Option("--month", metavar=message("MONTH"), help=message("The month, for example 2026-11.")),
    ],
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, notice_views

    notice_views.costs(context.console(), project, month, as_json=as_json)
