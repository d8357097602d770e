"""The ports of the tables that subscriptions live in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from lienthong.ports import Transaction
from lienthong.subscriptions.channel import Announced
from lienthong.subscriptions.model import Place, State, Subscription, Trouble


@dataclass(frozen=True, slots=True)
class Announcement:
    """Events of one type that a stage announced together. `body` is the CloudEvents batch in line form."""

    number: int
    at: datetime
    stage: str
    type: str
    events: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Backlog:
    """Events of some types from a place on: how many, and when the first of them was announced (UTC)."""

    events: int = 0
    oldest: datetime | None = None


class Announcements(Protocol):
    """What was announced. Every method raises `Transient` when the database does not answer."""

    def settled(self, within: timedelta = timedelta()) -> int:
        """The number of the last announcement that no earlier one can appear before. It waits `within` for a first one.

        It never becomes smaller. What is announced while this runs may be missing.
        """

    def read(self, place: Place, types: Sequence[str], *, upto: int) -> Iterator[Announcement]:
        """The announcements of these types from a place on, in their order, up to the number `upto`, one at a time."""

    def backlog(self, place: Place, types: Sequence[str], *, upto: int) -> Backlog:
        """What `read` would give, without the events before the place."""

    def place_at(self, moment: datetime) -> Place:
        """The place of the first announcement at or after a moment; after the last one where there is none."""

    def first(self) -> Place:
        """The place of the oldest announcement that is kept; that of the next one where none is."""

    def end(self) -> Place:
        """The place after what is announced now."""

    def remove(self, now: datetime, keep: timedelta, transaction: Transaction) -> tuple[int, int]:
        """Remove some announcements older than `keep`, the oldest first, that no subscription waits for.

        One that waits for longer than its own limit has them dropped, which is counted with it. Returns how many were
        removed, and how many events were dropped; 0 removed when there is nothing more to remove.
        """

    def types(self) -> Mapping[str, int]:
        """How many events are kept, by event type."""


@dataclass(frozen=True, slots=True)
class Step:
    """How a subscription goes on: to `place`, with what became of the events between. `dead` were refused: `why`."""

    place: Place
    delivered: int = 0
    filtered: int = 0
    dead: Sequence[Announced] = ()
    why: str = ""


class Subscriptions(Protocol):
    """The subscriptions. Every method raises `Transient` when the database does not answer."""

    def add(self, subscription: Subscription, transaction: Transaction) -> bool:
        """False when there is one of this name."""

    def remove(self, name: str, transaction: Transaction) -> bool:
        """Remove it, with its dead events and replays. False when there is none."""

    def change_state(self, name: str, state: State, why: str, transaction: Transaction) -> bool:
        """Set its state. Its trouble is forgotten when it becomes active. False when there is none."""

    def keep_settings(self, changed: Subscription, transaction: Transaction) -> bool:
        """Keep its `settings`, its secrets, its state and why it is in it. False when it was removed meanwhile."""

    def note_replayed(self, before: Subscription, events: int, transaction: Transaction) -> None:
        """Count events that were delivered once more."""

    def find(self, name: str) -> Subscription | None: ...

    def list(self) -> Sequence[Subscription]:
        """All of them by name."""

    def advance(self, before: Subscription, step: Step, now: datetime, transaction: Transaction) -> bool:
        """Record what became of events, and that its trouble is over, if any were delivered.

        False when it is not at the place of `before` any more, or was removed: then nothing is changed.
        """

    def note_trouble(self, before: Subscription, trouble: Trouble, state: State, transaction: Transaction) -> None:
        """Record that a delivery failed, unless it was paused, ended or removed meanwhile."""
