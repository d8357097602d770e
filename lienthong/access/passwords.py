"""Passwords of persons, as argon2id hashes with the parameters of RFC 9106 for little memory (64 MiB, 3 passes)."""

from functools import cache
from typing import TYPE_CHECKING

from lienthong.data.text import fold
from lienthong.errors import WrongUse
from lienthong.messages import message

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 12, 200
"""Characters of a password. More than `MOST` are not hashed: a caller could keep the machine busy with them."""


def check_password(password: str, login: str, name: str = "") -> str:
    """Raises `WrongUse` for a password that is too short, too long, or nothing but the person's own name."""
    if not LEAST <= len(password) <= MOST:
        raise WrongUse(message("A password has {least} to {most} characters.", least=LEAST, most=MOST))
    if fold(password) in (fold(login), fold(name)) or len(set(password)) < 5:
        raise WrongUse(message("This password can be guessed; choose another, such as four words that are yours."))
    return password


def hash_password(password: str) -> str:
    """What is stored of it: the hash with its salt and its parameters."""
    return _hasher().hash(password)


def is_password(stored: str, given: str) -> bool:
    """Whether `given` is the password. Where there is none (`stored` is ""), it takes as long as where it is wrong."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        matches = _hasher().verify(stored or _unmatched(), given[: MOST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(stored) and len(given) <= MOST


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _unmatched() -> str:
    """A hash that no password has to match."""
    return _hasher().hash("no password")
