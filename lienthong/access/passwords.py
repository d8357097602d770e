"""Passwords as argon2id (RFC 9106): the time and the memory of one try are what makes guessing dear."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # only who logs in needs it

    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)


@cache
def _hash_of_none() -> str:
    return _hasher().hash("there is no such person")


def hash_password(password: str) -> str:
    """What is kept of a password: parameters, salt and hash in one text."""
    return _hasher().hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether a password is the one. `kept` None: there is no such person, which takes as long to find out."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept or _hash_of_none(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
