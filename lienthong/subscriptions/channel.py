"""The port by which announced events reach a subscriber."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson


@dataclass(frozen=True, slots=True)
class Announced:
    """An announced event as one subscriber gets it: with fields left out and personal data masked.

    - `number`, `position`: of its announcement, and its place in it from 0. Together they are its place in the order.
    - `body`: the CloudEvents JSON object, UTF-8.
    """

    number: int
    position: int
    id: str
    type: str
    body: bytes

    @property
    def event(self) -> Mapping[str, Any]:
        """The CloudEvents JSON object, decoded at each call."""
        decoded: dict[str, Any] = orjson.loads(self.body)
        return decoded


@dataclass(frozen=True, slots=True)
class Delivered:
    """The subscriber has the whole batch."""


@dataclass(frozen=True, slots=True)
class TryLater:
    """The subscriber has nothing of the batch for certain; the same batch is delivered again.

    - `after`: what the subscriber asked for; None leaves the wait to the channel's `Patience`.
    - `why`: a sentence for people, without personal data.
    """

    after: timedelta | None
    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The subscriber will never take the events with these ids. It has the others of the batch."""

    event_ids: frozenset[str]
    why: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The subscriber wants nothing any more: the subscription ends. It has nothing of this batch."""

    why: str


Answer = Delivered | TryLater | Refused | Gone


class Patience(Protocol):
    """How long a channel is tried that does not take its batch."""

    def wait(self, failures: int, failing_since: datetime, now: datetime, asked: timedelta | None) -> timedelta | None:
        """The wait before the next attempt, after `failures` attempts in a row (from 1); None to give up.

        A subscription that was given up is paused: its events are held and counted until its owner resumes it.
        `asked`: what the subscriber asked for, see `TryLater`.
        """


class Channel(Protocol):
    """Brings batches to one subscriber. Used by one thread at a time.

    - A batch that was delivered may come again, when the process ended before that was recorded: a subscriber knows an
      event by its id.
    - `close` frees what the channel holds; nothing is delivered afterwards.
    """

    patience: Patience

    def deliver(self, batch: Sequence[Announced]) -> Answer:
        """Bring a batch of 1..N events to the subscriber. Raises nothing that the world causes: see `TryLater`."""

    def rest(self) -> timedelta:
        """The time until the next batch may be delivered, so that a receiver's rate is kept."""

    def close(self) -> None: ...


FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)


class Doubling:
    """The patience of a channel that is part of the bus: tried for ever, with waits from one second to five minutes."""

    def wait(self, failures: int, failing_since: datetime, now: datetime, asked: timedelta | None) -> timedelta | None:  # noqa: ARG002 - it never gives up
        return asked or min(FIRST_WAIT * 2 ** min(failures - 1, 20), LONGEST_WAIT)
