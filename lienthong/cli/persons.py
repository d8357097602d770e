"""`lienthong access person …`: what the commands do, and what they show."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from lienthong.access.persons import Person
from lienthong.cli.output import print_json, print_text
from lienthong.cli.safe_console import plain
from lienthong.data.local_time import MINUTE, local_time
from lienthong.errors import WrongUse
from lienthong.messages import message, message_n
from lienthong.operations import persons as operations
from lienthong.operations.access_acts import Act
from lienthong.runtime.existing_storage import open_person_store
from lienthong.runtime.project import Project


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say, as they were written. `accounts`: None where none is named."""

    roles: tuple[str, ...]
    name: str = ""
    accounts: tuple[str, ...] | None = ()
    password: str = ""


def read_password(file: Path | None) -> str:
    """The password: the first line of the file, or what is typed twice. Raises `WrongUse` without a terminal."""
    if file is not None:
        raw = sys.stdin.buffer.readline() if str(file) == "-" else file.read_bytes().partition(b"\n")[0]
        try:
            return raw.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            text = message(
                "The password file {file} is not UTF-8 text; write the password on its first line.", file=file
            )
            raise WrongUse(text) from None
    if not sys.stdin.isatty():
        raise WrongUse(message("The password is missing: name a file with `--password-file`, `-` for standard input."))
    typed: str = typer.prompt(message("Password"), hide_input=True, confirmation_prompt=message("The same again"))
    return typed


def add(console: Console, project: Project, login: str, asked: Asked, *, act: Act, as_json: bool) -> None:
    """Add a person."""
    with open_person_store(project) as store:
        person = operations.add_person(
            store,
            login,
            asked.roles,
            act=act,
            name=asked.name,
            password=asked.password,
            accounts=asked.accounts or (),
        )
    if as_json:
        print_json(operations.person_json(person))
    else:
        print_text(console, message("{name} may log in at the console as {login}.", name=person.name, login=login))


def change(console: Console, project: Project, login: str, asked: Asked, *, act: Act, as_json: bool) -> None:
    """Change roles, name or accounts."""
    with open_person_store(project) as store:
        person = operations.change_person(
            store, login, act=act, roles=asked.roles, name=asked.name, accounts=asked.accounts
        )
    if as_json:
        print_json(operations.person_json(person))
    else:
        roles = ", ".join(person.roles)
        print_text(console, message("{name} now has the roles {roles}.", name=person.name, roles=roles))


def set_password(console: Console, project: Project, login: str, password: str, *, act: Act) -> None:
    """Give a person another password."""
    with open_person_store(project) as store:
        ended = operations.set_password(store, login, password, act=act)
    _tell_ended(console, ended)


def disable(console: Console, project: Project, login: str, *, act: Act) -> None:
    """Keep a person out."""
    with open_person_store(project) as store:
        ended = operations.disable_person(store, login, act=act)
    _tell_ended(console, ended)


def enable(console: Console, project: Project, login: str, *, act: Act) -> None:
    """Let a person in again."""
    with open_person_store(project) as store:
        operations.enable_person(store, login, act=act)
    print_text(console, message("{login} may log in again.", login=login))


def log_out(console: Console, project: Project, login: str, *, act: Act) -> None:
    """End all sessions of a person."""
    with open_person_store(project) as store:
        ended = operations.log_out_everywhere(store, login, act=act)
    _tell_ended(console, ended)


def show(console: Console, project: Project, *, as_json: bool) -> None:
    """Show all persons."""
    with open_person_store(project) as store:
        found = store.persons.list()
    if as_json:
        print_json([operations.person_json(person) for person in found])
    elif found:
        console.print(_table(found))
    else:
        print_text(console, message("There is no person yet; add one with `lienthong access person add`."))


def _tell_ended(console: Console, ended: int) -> None:
    print_text(console, message_n("{count} session was ended.", "{count} sessions were ended.", count=ended))


def _table(found: Sequence[Person]) -> Table:
    table = Table()
    for heading in (message("Login"), message("Name"), message("Roles"), message("Accounts"), message("Since")):
        table.add_column(heading)
    table.add_column(message("State"))
    for person in found:
        off = person.disabled_at
        state = message("disabled {time}", time=local_time(off, MINUTE)) if off else message("may log in")
        cells = (person.login, person.name, ", ".join(person.roles), ", ".join(person.accounts))
        table.add_row(*map(plain, (*cells, local_time(person.created_at, MINUTE), state)))
    return table
