"""What the ledger holds: entries, dead letters, what is still open, and the balance of them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lienthong.envelope import Envelope

Verdict = Literal["received", "done", "dropped", "later", "dead", "replayed", "discarded"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: what became of one event at one stage in one turn.

    `to` names the stages an event was handed to; `reason` is a sentence and holds no personal data; `who` is the
    operator of an act. `at` (UTC) is given by the ledger when it writes.
    """

    event_id: str
    source: str
    subject: str
    received_at: datetime
    stage: str
    turn: int
    verdict: Verdict
    reason: str = ""
    to: tuple[str, ...] = ()
    who: str = ""
    at: datetime | None = None


FINAL: frozenset[Verdict] = frozenset({"done", "dropped", "dead", "discarded"})


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that could not go on, as it was when it died. `number` is given by the ledger (0 before)."""

    number: int
    envelope: Envelope
    stage: str
    turn: int
    attempt: int
    error: str
    field: str | None
    reason: str
    died_at: datetime
    state: Literal["parked", "replayed", "discarded"] = "parked"


@dataclass(frozen=True, slots=True)
class Open:
    """An event that was handed to a stage and has no final verdict there.

    `raw` is it as it was received; `via` is the stage that handed it over.
    """

    raw: Envelope
    via: str
    stage: str
    next_turn: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What was new of a page, and the numbers it got: each source counts what is received from it, from 1."""

    fresh: Sequence[Envelope]
    numbers: range


@dataclass(frozen=True, slots=True)
class Backlog:
    """What was received from a source and not handed over to durable queues for sure.

    `numbers` are all of it; `waiting` are those of them that no route has worked on yet, oldest first.
    """

    numbers: range
    waiting: Sequence[Open]


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the balance, in events."""

    received: int = 0
    delivered: int = 0
    dropped: int = 0
    dead: int = 0
    in_flight: int = 0

    @property
    def difference(self) -> int:
        """What does not add up. Anything but 0 is an alarm."""
        return self.received - self.delivered - self.dropped - self.dead - self.in_flight


@dataclass(frozen=True, slots=True)
class Balance:
    """Every event accounted for, by source, by source and local day, and by stage. `faults` say what disagrees."""

    sources: Mapping[str, Account]
    days: Mapping[tuple[str, str], Account]
    stages: Mapping[str, Account]
    faults: Sequence[str] = ()
