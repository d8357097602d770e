"""`lienthong access person add | list | roles | password | disable | enable | log-out`: what they do and show."""

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lienthong.access.persons import MAX_PASSWORD_LENGTH, Person, check_login, check_roles
from lienthong.cli.output import print_json, print_text
from lienthong.cli.safe_console import plain
from lienthong.data.local_time import DAY, local_time
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.operations import persons as operations
from lienthong.operations.access_acts import Act
from lienthong.runtime.existing_storage import open_person_store
from lienthong.runtime.project import Project

_MOST_FILE_BYTES = 4 * MAX_PASSWORD_LENGTH + 2


def add(
    console: Console,
    project: Project,
    login: str,
    *,
    name: str,
    roles: Sequence[str],
    file: str,
    act: Act,
    as_json: bool,
) -> None:
    """Add a person, with a password."""
    check_login(login)
    check_roles(roles)  # before a password is asked for
    password = read_password(file)
    with open_person_store(project) as store:
        person = operations.add_person(store, login, name=name, roles=roles, password=password, act=act)
    if as_json:
        print_json(operations.person_json(person))
    else:
        text = message(
            "{login} may log in now, in the roles: {roles}.", login=person.login, roles=", ".join(person.roles)
        )
        print_text(console, text)


def set_roles(console: Console, project: Project, login: str, roles: Sequence[str], *, act: Act) -> None:
    """Give a person other roles."""
    with open_person_store(project) as store:
        person = operations.set_roles(store, login, roles, act=act)
    text = message("{login} has the roles {roles} now.", login=person.login, roles=", ".join(person.roles))
    print_text(console, text)


def set_password(console: Console, project: Project, login: str, *, file: str, act: Act) -> None:
    """Give a person another password."""
    password = read_password(file)
    with open_person_store(project) as store:
        operations.set_password(store, login, password, act=act)
    print_text(console, message("{login} has another password; all sessions have ended.", login=login))


def disable(console: Console, project: Project, login: str, *, act: Act) -> None:
    """Accept no log-in any more."""
    with open_person_store(project) as store:
        operations.disable(store, login, act=act)
    print_text(console, message("{login} may not log in any more; all sessions have ended.", login=login))


def enable(console: Console, project: Project, login: str, *, act: Act) -> None:
    """Accept log-ins again."""
    with open_person_store(project) as store:
        operations.enable(store, login, act=act)
    print_text(console, message("{login} may log in again.", login=login))


def log_out(console: Console, project: Project, login: str, *, act: Act) -> None:
    """End every session of a person."""
    with open_person_store(project) as store:
        ended = operations.log_out_everywhere(store, login, act=act)
    print_text(console, message("Sessions of {login} that ended: {count}.", login=login, count=ended))


def show(console: Console, project: Project, *, as_json: bool) -> None:
    """Show all persons."""
    with open_person_store(project) as store:
        persons = operations.list_persons(store)
    if as_json:
        print_json([operations.person_json(person) for person in persons])
    elif persons:
        console.print(_table(persons))
    else:
        print_text(console, message("There is no person yet; add one with `lienthong access person add`."))


def read_password(file: str) -> str:
    """The password from the first line of a file (`-`: standard input), or typed twice. Raises `WrongUse`."""
    if file:
        return _from_file(file)
    if not sys.stdin.isatty():
        raise WrongUse(
            message("no password can be typed here; name a file with `--password-file`, or `-` for standard input")
        )
    typed = getpass.getpass(str(message("Password: ")))
    if getpass.getpass(str(message("The same again: "))) != typed:
        raise WrongUse(message("the two passwords differ; nothing was done"))
    return typed


def _from_file(file: str) -> str:
    try:
        raw = sys.stdin.buffer.readline(_MOST_FILE_BYTES) if file == "-" else Path(file).read_bytes()[:_MOST_FILE_BYTES]
        return raw.decode("utf-8").split("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        name = type(error).__name__
        raise WrongUse(message("the password file {file} cannot be read: {error}", file=file, error=name)) from None


def _table(persons: Sequence[Person]) -> Table:
    table = Table()
    for heading in (message("Login"), message("Name"), message("Roles"), message("Since"), message("May log in")):
        table.add_column(heading)
    for person in persons:
        allowed = message("no") if person.disabled_at else message("yes")
        cells = (person.login, person.name, ", ".join(person.roles), local_time(person.created_at, DAY), allowed)
        table.add_row(*map(plain, cells))
    return table
