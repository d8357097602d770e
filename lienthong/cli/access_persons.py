"""The commands of `lienthong access person`. Heavy rooms are imported inside, so that `--help` answers at once."""

from typing import Annotated

import typer

from lienthong.cli.options import As, AsJson
from lienthong.cli.typer_app import App
from lienthong.messages import message
from lienthong.runtime.project import Project

person = App(help=message("Persons: who opens the console, and in which roles."))

Login = Annotated[
    str,
    typer.Argument(
        metavar=message("LOGIN"), help=message("The person's login; best that of the account on the machine.")
    ),
]
Roles = Annotated[
    list[str],
    typer.Option(
        "--role",
        metavar=message("ROLE"),
        help=message(
            "`viewer`, `operator`, `approver`, `engineer`, `auditor` or `administrator`; may be repeated. "
            "config/access.yaml states what each may do."
        ),
    ),
]
PasswordFile = Annotated[
    str,
    typer.Option(
        "--password-file",
        metavar=message("FILE"),
        help=message("The file whose first line is the password, `-` for standard input; without it you are asked."),
    ),
]
Why = Annotated[
    str, typer.Option("--reason", metavar=message("TEXT"), help=message("Why; it is written to the ledger."))
]


@person.command("add", help=message("Add a person who may log in to the console."))
def add(
    project: Project,
    login: Login,
    *,
    roles: Roles,
    name: Annotated[
        str, typer.Option("--name", metavar=message("TEXT"), help=message("The person's name, as pages show it."))
    ] = "",
    password_file: PasswordFile = "",
    reason: Why = "",
    acting: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import clients, context, persons

    act = clients.act(project, acting, reason)
    persons.add(
        context.console(),
        project,
        login,
        name=name,
        roles=roles,
        file=password_file,
        act=act,
        as_json=as_json,
    )


@person.command("list", help=message("The persons: their roles, and who may not log in any more."))
def list_persons(project: Project, *, as_json: AsJson = False) -> None:
    from lienthong.cli import context, persons

    persons.show(context.console(), project, as_json=as_json)


@person.command("roles", help=message("Give a person other roles in place of the former ones."))
def roles_command(project: Project, login: Login, *, roles: Roles, reason: Why = "", acting: As = "") -> None:
    from lienthong.cli import clients, context, persons

    persons.set_roles(context.console(), project, login, roles, act=clients.act(project, acting, reason))


@person.command("password", help=message("Give a person another password; all sessions of the person end."))
def password(
    project: Project, login: Login, *, password_file: PasswordFile = "", reason: Why = "", acting: As = ""
) -> None:
    from lienthong.cli import clients, context, persons

    act = clients.act(project, acting, reason)
    persons.set_password(context.console(), project, login, file=password_file, act=act)


@person.command("disable", help=message("Accept no log-in of a person any more; all sessions of the person end."))
def disable(project: Project, login: Login, *, reason: Why = "", acting: As = "") -> None:
    from lienthong.cli import clients, context, persons

    persons.disable(context.console(), project, login, act=clients.act(project, acting, reason))


@person.command("enable", help=message("Accept log-ins of a person again."))
def enable(project: Project, login: Login, *, reason: Why = "", acting: As = "") -> None:
    from lienthong.cli import clients, context, persons

    persons.enable(context.console(), project, login, act=clients.act(project, acting, reason))


@person.command("log-out", help=message("End all sessions of a person; the person may log in again."))
def log_out(project: Project, login: Login, *, reason: Why = "", acting: As = "") -> None:
    from lienthong.cli import clients, context, persons

    persons.log_out(context.console(), project, login, act=clients.act(project, acting, reason))
