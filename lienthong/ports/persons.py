"""The port of the persons: who may open the console, their sessions, and log-ins that failed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from lienthong.access.persons import Person, Session
from lienthong.access.waits import Failures
from lienthong.ports.connectors import Transaction


class Persons(Protocol):
    """Persons and sessions. Every method raises `Transient` when the database does not answer."""

    def add(self, person: Person, password: str, transaction: Transaction) -> bool:
        """False, and nothing is done, when there is a person of this login. `password`: its argon2id form."""

    def change(self, person: Person, transaction: Transaction) -> bool:
        """Keep a person's name, roles and whether the person is disabled. False when there is none of this login."""

    def set_password(self, login: str, password: str, transaction: Transaction) -> bool:
        """Keep another password. False when there is no such person."""

    def find(self, login: str) -> Person | None:
        """The person of a login."""

    def password(self, login: str) -> str | None:
        """The argon2id form of the person's password; None without such a person."""

    def list(self) -> Sequence[Person]:
        """Every person by login."""

    def begin_session(self, session: Session, transaction: Transaction) -> None:
        """Keep a session."""

    def session(self, digest: str) -> tuple[Session, Person] | None:
        """The session of a secret with this SHA-256, and its person."""

    def note_seen(self, digest: str, at: datetime) -> None:
        """Keep when the session was used."""

    def end_session(self, digest: str, transaction: Transaction) -> bool:
        """End a session. False when there is none."""

    def end_sessions(self, login: str, transaction: Transaction) -> int:
        """End every session of a person; how many they were."""

    def forget_sessions(self, before: datetime) -> None:
        """Remove the sessions that were used last before a moment, and failures older than it."""

    def failures(self, keys: Sequence[str]) -> Sequence[Failures]:
        """The failures in a row that are kept under any of these keys."""

    def note_failure(self, keys: Sequence[str], at: datetime) -> None:
        """Count one more failure under each key."""

    def forget_failures(self, keys: Sequence[str]) -> None:
        """After a log-in that was accepted."""
