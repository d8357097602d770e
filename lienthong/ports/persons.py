"""The port of persons and of their sessions. Neither passwords nor what browsers have is in it, only their hashes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from lienthong.access.persons import Person, Session
from lienthong.ports.connectors import Transaction


class Persons(Protocol):
    """Persons. Every method raises `Transient` when the database does not answer."""

    def add(self, person: Person, transaction: Transaction) -> bool:
        """False, and nothing is done, when there is a person of this login or this name."""

    def change(self, person: Person, transaction: Transaction) -> bool:
        """Store everything of a person but the login. False when there is none of this login."""

    def find(self, login: str) -> Person | None:
        """The person of this login."""

    def list(self) -> Sequence[Person]:
        """All persons, by login, the disabled ones too."""


class Sessions(Protocol):
    """The sessions of persons. Every method raises `Transient` when the database does not answer."""

    def begin(self, session: Session, transaction: Transaction) -> None:
        """Store a new one."""

    def find(self, digest: str) -> tuple[Session, Person] | None:
        """The session, with its person as the person is now."""

    def see(self, digest: str, now: datetime) -> None:
        """Note that it came."""

    def end(self, digest: str, transaction: Transaction) -> bool:
        """End one. False when it had ended already."""

    def end_all(self, login: str, transaction: Transaction) -> int:
        """End all of a person; returns how many there were."""
