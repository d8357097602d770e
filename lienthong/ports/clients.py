"""The port of the clients: who may call, and with which keys. Keys themselves are not in it, only their digests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from lienthong.access.clients import Client, ClientKey, KeyOwner
from lienthong.ports.connectors import Transaction


class Clients(Protocol):
    """Clients and their keys. Every method raises `Transient` when the database does not answer."""

    def add(self, client: Client, transaction: Transaction) -> bool:
        """False, and nothing is done, when there is a client of this name."""

    def add_key(self, key: ClientKey, transaction: Transaction) -> None:
        """Give a client a further key."""

    def shorten(self, key: int, until: datetime, transaction: Transaction) -> None:
        """Accept the key with this number until then, and not later than before."""

    def remove(self, name: str, transaction: Transaction) -> bool:
        """Remove a client with all of its keys. False when there is none of this name."""

    def lock(self, name: str, transaction: Transaction) -> Sequence[ClientKey] | None:
        """The keys of a client, the latest first. No other transaction changes it until the end. None: no client."""

    def find(self, name: str) -> Client | None:
        """The client of this name."""

    def list(self) -> Sequence[Client]:
        """All clients, by name."""

    def keys(self, name: str = "") -> Sequence[ClientKey]:
        """The keys of a client, or of all of them, the latest first."""

    def owners(self, begin: str) -> Sequence[KeyOwner]:
        """The keys that begin so, alive or not, with their clients."""

    def note_used(self, used: Mapping[int, datetime]) -> None:
        """By number of the key, when it was used last."""
