"""The ports of pushes: the replies that are kept for those who repeat a push, and what is known of each inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from lienthong.ports.connectors import Reply, Transaction


class ReplyKey(NamedTuple):
    """An `Idempotency-Key` of a client at an inbox. `client` is "" where the wire states who pushes."""

    inbox: str
    client: str
    key: str


@dataclass(frozen=True, slots=True)
class KeptReply:
    """The reply to a push, and the digest of what was pushed."""

    digest: str
    reply: Reply


class PushReplies(Protocol):
    """The replies that are kept for a while. Every method raises `Transient` when the database does not answer."""

    def find(self, keys: Sequence[ReplyKey], transaction: Transaction) -> Mapping[ReplyKey, KeptReply]:
        """The replies that are kept under these keys."""

    def keep(self, replies: Mapping[ReplyKey, KeptReply], now: datetime, transaction: Transaction) -> None:
        """Keep replies. `Transient` is raised, and no outage, when another process has kept one of a key just now."""

    def forget(self, before: datetime) -> None:
        """Remove the replies that were kept before this moment."""


@dataclass(frozen=True, slots=True)
class PushStatus:
    """The pushes to one inbox. Instants are UTC.

    - `pushes` and `refused` count since the ledger was made. `refusal` is the code of the last refusal.
    - `pushed_at`, `new_at`: the last push that was recorded, and the last one with something new.
    """

    inbox: str
    pushes: int = 0
    refused: int = 0
    pushed_at: datetime | None = None
    new_at: datetime | None = None
    refused_at: datetime | None = None
    refusal: str = ""


class PushNotes(Protocol):
    """What operators see of the pushes. Every method raises `Transient` when the database does not answer."""

    def add(self, statuses: Sequence[PushStatus]) -> None:
        """Add counts, and put later moments in place of earlier ones."""

    def read(self) -> Mapping[str, PushStatus]:
        """By inbox, what was noted."""
