"""The commands of `lienthong access person`. Heavy rooms are imported inside, so that `--help` answers at once."""

from pathlib import Path
from typing import Annotated

import typer

from lienthong.cli.options import As, AsJson
from lienthong.cli.typer_app import App
from lienthong.messages import message
from lienthong.runtime.project import Project

person = App(help=message("Persons: who may log in at the console, with which roles."))

Login = Annotated[str, typer.Argument(metavar=message("LOGIN"), help=message("The login of the person."))]
Why = Annotated[
    str, typer.Option("--reason", metavar=message("TEXT"), help=message("Why; it is written to the ledger."))
]
Roles = Annotated[
    list[str],
    typer.Option(
        "--role",
        metavar=message("ROLE"),
        help=message(
            "`viewer`, `operator`, `approver`, `engineer`, `auditor` or `administrator`; may be repeated. "
            "`config/access.yaml` has what each may do."
        ),
    ),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar=message("FILE"),
        help=message("The file whose first line is the password; `-` for standard input. Without it you are asked."),
    ),
]
PersonName = Annotated[
    str, typer.Option("--name", metavar=message("TEXT"), help=message("The name as others know the person."))
]
Accounts = Annotated[
    list[str] | None,
    typer.Option(
        "--account",
        metavar=message("ACCOUNT"),
        help=message(
            "An account of a machine that the person works with at the command line; may be repeated. Who approves "
            "what this account proposed must be another person."
        ),
    ),
]


@person.command("add", help=message("Add a person; only a hash of the password is stored."))
def add(
    project: Project,
    login: Login,
    *,
    roles: Roles,
    name: PersonName = "",
    accounts: Accounts = None,
    password_file: PasswordFile = None,
    reason: Why = "",
    by: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import clients, context, persons

    act = clients.act(project, by, reason)
    password = persons.read_password(password_file)
    asked = persons.Asked(tuple(roles), name, tuple(accounts or ()), password)
    persons.add(context.console(), project, login, asked, act=act, as_json=as_json)


@person.command("list", help=message("The persons with their roles."))
def list_persons(project: Project, *, as_json: AsJson = False) -> None:
    from lienthong.cli import context, persons

    persons.show(context.console(), project, as_json=as_json)


@person.command("role", help=message("Give a person other roles, another name, or accounts; what is left out stays."))
def role(
    project: Project,
    login: Login,
    *,
    roles: Roles = [],  # noqa: B006 - Typer's own way to give an option that may be repeated; it is never changed
    name: PersonName = "",
    accounts: Accounts = None,
    reason: Why = "",
    by: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import clients, context, persons

    act = clients.act(project, by, reason)
    asked = persons.Asked(tuple(roles), name, None if not accounts else tuple(accounts))
    persons.change(context.console(), project, login, asked, act=act, as_json=as_json)


@person.command("password", help=message("Give a person another password; all of the person's sessions end."))
def password(
    project: Project, login: Login, *, password_file: PasswordFile = None, reason: Why = "", by: As = ""
) -> None:
    from lienthong.cli import clients, context, persons

    act = clients.act(project, by, reason)
    persons.set_password(context.console(), project, login, persons.read_password(password_file), act=act)


@person.command("disable", help=message("From now on the person cannot log in; all of the person's sessions end."))
def disable(project: Project, login: Login, *, reason: Why = "", by: As = "") -> None:
    from lienthong.cli import clients, context, persons

    persons.disable(context.console(), project, login, act=clients.act(project, by, reason))


@person.command("enable", help=message("Let a person who was disabled log in again."))
def enable(project: Project, login: Login, *, reason: Why = "", by: As = "") -> None:
    from lienthong.cli import clients, context, persons

    persons.enable(context.console(), project, login, act=clients.act(project, by, reason))


@person.command("log-out", help=message("End all sessions of a person."))
def log_out(project: Project, login: Login, *, reason: Why = "", by: As = "") -> None:
    from lienthong.cli import clients, context, persons

    persons.log_out(context.console(), project, login, act=clients.act(project, by, reason))
