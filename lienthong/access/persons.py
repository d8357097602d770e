"""Persons: who opens the console, in which roles. Their sessions are kept by digest, their passwords as argon2id."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lienthong.access.roles import ROLES, Role
from lienthong.errors import WrongUse
from lienthong.messages import message

MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH = 12, 200
"""Characters. A short one is guessed; a very long one would cost seconds to hash."""

MAX_NAME_LENGTH = 100

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person who may log in. Instants are UTC.

    - `login` is unique, and the same as that of the person's account on the machine, if there is one: who proposes
      something on the command line may not approve it in the console.
    - `disabled_at`: from then on no log-in is accepted; None while it is.
    """

    login: str
    name: str
    roles: tuple[Role, ...]
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session of a person, by the SHA-256 of its secret. Instants are UTC; `seen_at` is written now and then."""

    digest: str
    login: str
    created_at: datetime
    seen_at: datetime

    def is_alive(self, now: datetime, *, idle: timedelta, absolute: timedelta) -> bool:
        """Whether it is still accepted: used within `idle`, and not older than `absolute`."""
        return now < self.seen_at + idle and now < self.created_at + absolute


def check_login(login: str) -> str:
    """The login in lower case. Raises `WrongUse` for one that cannot be used."""
    plain = login.strip().lower()
    if not _LOGIN.fullmatch(plain):
        raise WrongUse(
            message(
                "the login {login} cannot be used; write 1 to 63 of the characters a to z, 0 to 9, `.`, `-` and `_`",
                login=repr(login[:70]),
            )
        )
    return plain


def check_roles(given: Iterable[str]) -> tuple[Role, ...]:
    """The roles, each once, in the order of `ROLES`. Raises `WrongUse` for an unknown one, and for none."""
    asked = set(given)
    if not asked or (unknown := sorted(asked - set(ROLES))):
        what = ", ".join(unknown) if asked else message("none is given")
        raise WrongUse(message("unknown role: {unknown}; there are {known}", unknown=what, known=", ".join(ROLES)))
    return tuple(role for role in ROLES if role in asked)


def check_password(password: str, login: str) -> str:
    """The password. Raises `WrongUse` for one that is too short or too long, or holds the login."""
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise WrongUse(
            message(
                "a password has {least} to {most} characters, this one has {count}",
                least=MIN_PASSWORD_LENGTH,
                most=MAX_PASSWORD_LENGTH,
                count=len(password),
            )
        )
    if login in password.lower() or len(set(password)) < 5:
        raise WrongUse(message("this password is easily guessed: it holds the login, or nearly one character alone"))
    return password
