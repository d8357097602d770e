"""The commands of `lienthong access`. Heavy rooms are imported inside, so that `--help` answers at once."""

from typing import Annotated

import typer

from lienthong.cli.options import As, AsJson
from lienthong.cli.person_commands import person
from lienthong.cli.typer_app import App
from lienthong.messages import message
from lienthong.runtime.project import Project

access = App(help=message("Access: who may call the bus over HTTP, and who may log in at the console."))
client = App(help=message("Clients: the systems that call, and their keys."))
access.add_typer(client, name="client")
access.add_typer(person, name="person")

Name = Annotated[str, typer.Argument(metavar=message("NAME"), help=message("The name of the client."))]
Why = Annotated[
    str, typer.Option("--reason", metavar=message("TEXT"), help=message("Why; it is written to the ledger."))
]


@client.command("add", help=message("Add a client and print its key, once; only the digest of the key is stored."))
def add(
    project: Project,
    name: Name,
    *,
    scopes: Annotated[
        list[str],
        typer.Option(
            "--scope",
            metavar=message("SCOPE"),
            help=message("What it may do: `counter-checks`, `inbox:portal`, `inbox:*`; may be repeated."),
        ),
    ],
    rate: Annotated[
        str,
        typer.Option(
            "--rate",
            metavar=message("RATE"),
            help=message("How often it may call: `50/s`, `600/m`, `1000/h`; if not given 50/s."),
        ),
    ] = "",
    owner: Annotated[
        str,
        typer.Option("--owner", metavar=message("TEXT"), help=message("The person or office that answers for it.")),
    ] = "",
    expires: Annotated[
        str,
        typer.Option(
            "--expires",
            metavar=message("TIME"),
            help=message("Until when it is accepted: `90d`, `2027-12-31`; if not given for ever."),
        ),
    ] = "",
    reason: Why = "",
    by: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import clients, context

    act = clients.act(project, by, reason)
    asked = clients.Asked(tuple(scopes), rate, owner, expires)
    clients.add(context.console(), project, name, asked, act=act, as_json=as_json)


@client.command("list", help=message("The clients: what they may do, who answers for them, when their keys were used."))
def list_clients(project: Project, *, as_json: AsJson = False) -> None:
    from lienthong.cli import clients, context

    clients.show(context.console(), project, as_json=as_json)


@client.command("rotate", help=message("Give a client a new key and print it, once; the old one still works a while."))
def rotate(
    project: Project,
    name: Name,
    *,
    overlap: Annotated[
        str,
        typer.Option(
            "--overlap",
            metavar=message("TIME"),
            help=message("How long the old key is still accepted: `1h`, `2d`; if not given 7 days."),
        ),
    ] = "7d",
    reason: Why = "",
    by: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import clients, context

    act = clients.act(project, by, reason)
    clients.rotate(context.console(), project, name, overlap=overlap, act=act, as_json=as_json)


@client.command("remove", help=message("Remove a client; none of its keys is accepted any more."))
def remove(project: Project, name: Name, *, reason: Why = "", by: As = "") -> None:
    from lienthong.cli import clients, context

    clients.remove(context.console(), project, name, act=clients.act(project, by, reason))
