"""Clients: the systems that call the bus over HTTP, what each of them may do, and how often."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lienthong.access.keys import KeyMarks
from lienthong.access.rate import Rate
from lienthong.errors import WrongUse
from lienthong.messages import message

MAX_KEYS = 2
"""Keys of one client that are alive at a time: the new one, and the old one while callers change over."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SCOPE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61})(?::(?:\*|[a-z0-9][a-z0-9-]{0,61}))?")

SCOPE_TEXT = r"[a-z0-9][a-z0-9-]{0,61}(:[a-z0-9][a-z0-9-]{0,61})?"
"""How a scope is written that a path needs, as a pattern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A system that calls. Instants are UTC.

    - `owner`: the person or office that answers for it.
    - `scopes`: what it may do: `counter-checks`, `inbox:portal`; `inbox:*` stands for every scope that begins so.
    - `expires_at`: from then on none of its keys is accepted; None for never.
    """

    name: str
    scopes: tuple[str, ...]
    rate: Rate
    created_at: datetime
    owner: str = ""
    expires_at: datetime | None = None

    def may(self, scope: str) -> bool:
        """Whether one of its scopes grants `scope`."""
        kind, separator, _ = scope.partition(":")
        return scope in self.scopes or bool(separator and f"{kind}:*" in self.scopes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientKey:
    """A key of a client, without the key. Instants are UTC. `number` is given by the store; 0 before."""

    client: str
    marks: KeyMarks
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    number: int = 0

    def is_alive(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """A key, and the client that it belongs to."""

    client: Client
    key: ClientKey

    def is_alive(self, now: datetime) -> bool:
        return self.key.is_alive(now) and (self.client.expires_at is None or now < self.client.expires_at)


def check_name(name: str) -> str:
    """The name of a client. Raises `WrongUse` for one that could be mistaken for something else."""
    if not _NAME.fullmatch(name):
        raise WrongUse(
            message(
                "The name {name} is not one of a client: write at most 63 of a-z, 0-9 and -, not beginning or ending "
                "with -.",
                name=repr(name),
            )
        )
    return name


def is_scope(text: str) -> bool:
    """Whether `text` is written as the scope that something needs; `*` stands only in those that a client has."""
    return "*" not in text and bool(_SCOPE.fullmatch(text))


def check_scopes(scopes: Sequence[str]) -> tuple[str, ...]:
    """The scopes, each once, in order. Raises `WrongUse` for one that is not written as a scope, and for none."""
    for scope in scopes:
        if not _SCOPE.fullmatch(scope):
            raise WrongUse(
                message(
                    "{scope} is not written as a scope; write for example `counter-checks`, `inbox:portal` or "
                    "`inbox:*`.",
                    scope=repr(scope),
                )
            )
    if not scopes:
        raise WrongUse(message("A client needs a scope: name what it may do with `--scope`."))
    return tuple(sorted(set(scopes)))
