"""Persons: the people who act at the console and at the command line, and their sessions."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from lienthong.access.roles import Role
from lienthong.data.text import clean_text, fold
from lienthong.errors import WrongUse
from lienthong.messages import message

MAX_LENGTH = 40
"""Characters of a login and of a name: as many as the ledger names an actor with."""

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A human who may log in. Instants are UTC.

    - `login`: unique. `name`: as others know the person; unique, too, so that the ledger's names mean one person.
    - `password`: the argon2id hash.
    - `accounts`: accounts of machines that the person works with at the command line.
    - `disabled_at`: since then the person cannot log in; None for one who can.
    """

    login: str
    name: str
    roles: tuple[Role, ...]
    created_at: datetime
    password: str = ""
    accounts: tuple[str, ...] = ()
    disabled_at: datetime | None = None

    def is_named(self, text: str) -> bool:
        """Whether `text` is the login, the name or an account of this person, whatever its case and spaces."""
        return fold(text) in {fold(each) for each in (self.login, self.name, *self.accounts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A log-in that has not ended. `digest`: SHA-256 of what the browser has. `seen_at`: when it last came."""

    digest: str
    login: str
    began_at: datetime
    seen_at: datetime


def check_login(login: str) -> str:
    """The login of a person. Raises `WrongUse` for one that could be mistaken for something else."""
    if not _LOGIN.fullmatch(login):
        raise WrongUse(
            message(
                "The login {login} cannot be used: write at most 40 of a-z, 0-9 and . _ - @, and begin and end with a "
                "letter or a digit.",
                login=repr(login),
            )
        )
    return login


def check_person_name(name: str) -> str:
    """The name of a person, cleaned. Raises `WrongUse` for one that the ledger would cut."""
    cleaned = clean_text(name)
    if not cleaned or len(cleaned) > MAX_LENGTH:
        raise WrongUse(message("A name has 1 to {most} characters.", most=MAX_LENGTH))
    return cleaned


def check_roles(roles: Collection[str]) -> tuple[Role, ...]:
    """The roles, each once, in the order of `Role`. Raises `WrongUse` for one that there is not, and for none."""
    known: Sequence[Role] = get_args(Role)
    unknown = [role for role in roles if role not in known]
    if unknown:
        text = message("There is no role {role}. There are: {known}.", role=repr(unknown[0]), known=", ".join(known))
        raise WrongUse(text)
    if not roles:
        raise WrongUse(message("A role is missing. There are: {known}.", known=", ".join(known)))
    return tuple(role for role in known if role in roles)
