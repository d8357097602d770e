"""What the ledger holds: entries, dead letters, what is still open, and the balance of them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from lienthong.envelope import Envelope

Verdict = Literal[
    "received", "done", "dropped", "later", "dead", "proposed", "edited", "refused", "replayed", "discarded"
]
"""What an entry says. The last five are acts of operators on a dead letter."""


class Entry(NamedTuple):
    """One line of the ledger: what became of one event at one stage in one turn.

    `to` names the stages an event was handed to; `reason` is a sentence and holds no personal data; `who` is the
    operator of an act. The ledger gives two when it writes: `at` (UTC), and `seal`, the hash of a dead one's letter.
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
    seal: str = ""


FINAL_VERDICTS: frozenset[str] = frozenset({"done", "dropped", "dead", "discarded"})
PARKED_VERDICTS: frozenset[str] = frozenset({"dead", "proposed", "edited", "refused"})
"""After one of these an event lies among the dead letters of its stage."""
OPERATOR_VERDICTS: frozenset[str] = frozenset({"proposed", "edited", "refused", "replayed", "discarded"})


def may_follow(last: str, verdict: Verdict) -> bool:
    """Whether `verdict` may be the next word at a stage after `last` ("" when nothing was said there yet).

    What is parked is moved by operators alone: a try that ends late says nothing any more.
    """
    return verdict in OPERATOR_VERDICTS if last in PARKED_VERDICTS else last not in FINAL_VERDICTS


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
class OpenItem:
    """An event that was handed to a stage and has no final verdict there.

    `raw` is it as `via`, the stage that handed it over, was given it: as it was received, or as it was edited there.
    `edited` is it as an edit made it for `stage` itself; then it goes there as it is.
    """

    raw: Envelope
    via: str
    stage: str
    next_turn: int
    edited: Envelope | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What was new of a page, and the numbers it got: each source counts what is received from it, from 1.

    `entries` say that it was received, one each.
    """

    fresh: Sequence[Envelope]
    numbers: range
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What was received from a source and not handed over to durable queues for sure.

    `numbers` are all of it; `waiting` are those of them that no route has worked on yet, oldest first.
    """

    numbers: range
    waiting: Sequence[OpenItem]


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
class StageStatus:
    """How a stage stands, in events: open in all, of these waiting for a further try, the oldest one's reception,
    and how many it finished in the last five minutes.
    """

    stage: str
    open_events: int
    waiting: int
    oldest: datetime | None
    done_recently: int


@dataclass(frozen=True, slots=True)
class Balance:
    """Every event accounted for, by source, by source and local day, and by stage. `faults` say what disagrees."""

    sources: Mapping[str, Account]
    days: Mapping[tuple[str, str], Account]
    stages: Mapping[str, Account]
    faults: Sequence[str] = ()
