"""The commands of `lienthong subscriptions`. Heavy rooms are imported inside, so that `--help` answers at once."""

from typing import Annotated

import typer

from lienthong.cli.options import As, AsJson
from lienthong.cli.typer_app import App
from lienthong.messages import message
from lienthong.runtime.project import Project

subscriptions = App(help=message("Subscriptions: which systems receive what is announced, and how far each has come."))

Name = Annotated[str, typer.Argument(metavar=message("NAME"), help=message("The name of the subscription."))]
Why = Annotated[
    str, typer.Option("--reason", metavar=message("TEXT"), help=message("Why; it is written to the ledger."))
]
Fields = Annotated[
    list[str] | None,
    typer.Option("--fields", metavar=message("FIELDS"), help=message("Only these fields of the data: `code,status`.")),
]
Without = Annotated[
    list[str] | None,
    typer.Option("--without", metavar=message("FIELDS"), help=message("All fields of the data but these.")),
]
WithoutHandshake = Annotated[
    bool,
    typer.Option(
        "--no-handshake",
        help=message("Do not ask a webhook's receiver for consent (`OPTIONS`): it does not know the handshake."),
    ),
]


@subscriptions.command(
    "add", help=message("Subscribe a system to event types. A webhook's secret is printed once, here.")
)
def add(
    project: Project,
    name: Name,
    *,
    types: Annotated[
        list[str],
        typer.Option("--types", metavar=message("TYPES"), help=message("Event types: `dossier.v1,payment.v1`.")),
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar=message("TARGET"),
            help=message("`queue` (a queue of its own), `pull` (it fetches over HTTP) or an address `https://…`."),
        ),
    ],
    condition: Annotated[
        str,
        typer.Option("--filter", metavar="CEL", help=message("A condition on the event, as in `when` of a route.")),
    ] = "",
    fields: Fields = None,
    without: Without = None,
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar=message("TIME"),
            help=message(
                "Also what was announced since then: `7d` ago, `2023-11-15`, or `start` for all that is kept."
            ),
        ),
    ] = "",
    batch: Annotated[
        int, typer.Option("--batch", min=1, metavar=message("NUMBER"), help=message("Events of one delivery at most."))
    ] = 100,
    client: Annotated[
        str,
        typer.Option(
            "--client",
            metavar=message("CLIENT"),
            help=message(
                "The client that it belongs to. With its scope `personal-data` personal data is sent in clear, "
                "otherwise masked."
            ),
        ),
    ] = "",
    owner: Annotated[
        str, typer.Option("--owner", metavar=message("E-MAIL"), help=message("Who is informed when deliveries fail."))
    ] = "",
    keep: Annotated[
        str,
        typer.Option(
            "--keep",
            metavar=message("TIME"),
            help=message("How long its events are held for it at most; if not given as `announcements.keep` states."),
        ),
    ] = "",
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help=message("A webhook may lead into a private network, and be http://.")),
    ] = False,
    room: Annotated[
        int | None,
        typer.Option(
            "--room",
            min=1,
            metavar=message("NUMBER"),
            help=message("Messages that may wait in its queue; then events are held. If not given 1,000."),
        ),
    ] = None,
    no_handshake: WithoutHandshake = False,
    reason: Why = "",
    person: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, subscription_acts
    from lienthong.operations.subscriptions import Wanted

    wanted = Wanted(
        name=name,
        types=types,
        to=to,
        condition=condition,
        only=fields or (),
        without=without or (),
        since=since,
        batch=batch,
        client=client,
        owner=owner,
        allow_private=allow_private,
        keep=subscription_acts.parse_keep(keep),
        settings=subscription_acts.channel_settings(room=room),
    )
    act = subscription_acts.act(project, person, reason)
    subscription_acts.add(context.console(), project, wanted, act=act, as_json=as_json, without_handshake=no_handshake)


@subscriptions.command("list", help=message("The subscriptions: what each was sent, what waits, and which fail."))
def list_subscriptions(project: Project, *, as_json: AsJson = False) -> None:
    from lienthong.cli import context, subscription_acts

    subscription_acts.show_all(context.console(), project, as_json=as_json)


@subscriptions.command("show", help=message("One subscription with everything about it."))
def show(project: Project, name: Name, *, as_json: AsJson = False) -> None:
    from lienthong.cli import context, subscription_acts

    subscription_acts.show(context.console(), project, name, as_json=as_json)


@subscriptions.command("pause", help=message("Deliver nothing for a while; its events are held."))
def pause(project: Project, name: Name, *, reason: Why = "", person: As = "") -> None:
    from lienthong.cli import context, subscription_acts

    subscription_acts.change(
        context.console(), project, name, "paused", act=subscription_acts.act(project, person, reason)
    )


@subscriptions.command("resume", help=message("Go on with a subscription that is paused or has ended."))
def resume(project: Project, name: Name, *, reason: Why = "", person: As = "") -> None:
    from lienthong.cli import context, subscription_acts

    subscription_acts.change(
        context.console(), project, name, "active", act=subscription_acts.act(project, person, reason)
    )


@subscriptions.command(
    "replay", help=message("Deliver a window of the past once more to one subscriber, beside what is delivered anew.")
)
def replay(
    project: Project,
    name: Name,
    *,
    begin: Annotated[
        str,
        typer.Option("--from", metavar=message("TIME"), help=message("What was announced since then: `7d`, a date.")),
    ],
    end: Annotated[
        str, typer.Option("--to", metavar=message("TIME"), help=message("Until then; if not given until now."))
    ] = "",
    ids: Annotated[
        list[str] | None, typer.Option("--ids", metavar=message("IDS"), help=message("Only the events with these ids."))
    ] = None,
    rate: Annotated[
        int,
        typer.Option("--rate", min=0, metavar=message("NUMBER"), help=message("Events a second; 0: no limit.")),
    ] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=message("Send nothing; count what would be sent."))
    ] = False,
    reason: Why = "",
    person: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, subscription_acts, subscription_replaying

    act = subscription_acts.act(project, person, reason)
    asked = subscription_replaying.Asked(begin, end, tuple(ids or ()), rate, dry_run=dry_run)
    raise typer.Exit(subscription_replaying.replay(context.console(), project, name, asked, act=act, as_json=as_json))


@subscriptions.command("remove", help=message("Remove a subscription; what waits for it is not held any more."))
def remove(project: Project, name: Name, *, reason: Why = "", person: As = "") -> None:
    from lienthong.cli import context, subscription_acts

    subscription_acts.remove(context.console(), project, name, act=subscription_acts.act(project, person, reason))
