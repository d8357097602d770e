"""The records of the ledger: entries, dead letters, open work, and the balance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from lienthong.envelope import Envelope

Verdict = Literal[
    "received",
    "done",
    "dropped",
    "later",
    "dead",
    "passed",
    "redone",
    "proposed",
    "edited",
    "refused",
    "replayed",
    "discarded",
]
"""What happened to an event at a stage.

`passed`: besides its verdict the stage had passed the event on, see `lienthong.maintenance.corrections`.
`redone`: an operator replayed the history, so what the stage had made of the event was made again; see ADR 42.
The last five are acts of operators on a dead letter.
"""


VersionKey = tuple[str, str]
"""Event type and natural key. The events of a source that have both in common are versions of one record."""


def version_key(envelope: Envelope) -> VersionKey:
    """The key of the record of which an event is a version."""
    return envelope.type, envelope.subject


Reading = Literal["", "read", "handled"]
"""How far a source has come since it was first polled: not to its end, read once to its end, and that also handled."""


class Entry(NamedTuple):
    """One line of the ledger: the verdict on one event at one stage in one turn.

    - `reason`: a sentence in the project's language, without personal data.
    - `to`: the stages the event was published to.
    - `who`: the operator, for an operator's act; the client that pushed the event, where it was received; else "".
    - `at`: when the entry was written (UTC). Set by the ledger.
    - `seal`: for a dead event, the hash of its dead letter, set by the ledger; for a delivered one, what its sink gave;
      for the receipt of one whose id was drawn, the digest of its content.
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


class Handled(NamedTuple):
    """An event that its route handled before it was received: as it is stored, who sent it, and the route's verdict."""

    envelope: Envelope
    who: str
    entry: Entry


FINAL_VERDICTS: frozenset[str] = frozenset({"done", "dropped", "dead", "discarded", "passed", "redone"})
"""Verdicts after which a stage has nothing more to do with an event, unless an operator acts."""

REDOABLE_VERDICTS: frozenset[str] = frozenset({"done", "dropped", "passed", "redone"})
"""Verdicts after which a replay of history makes again what a stage had made of an event."""

PARKED_VERDICTS: frozenset[str] = frozenset({"dead", "proposed", "edited", "refused"})
"""Verdicts after which an event is parked as a dead letter of its stage."""

OPERATOR_VERDICTS: frozenset[str] = frozenset({"proposed", "edited", "refused", "replayed", "discarded"})
"""Verdicts that an operator gives on a dead letter."""


def may_follow(last: str, verdict: Verdict) -> bool:
    """Whether `verdict` may follow the verdict `last` on an event at a stage; `last` is "" when there is none.

    Only an operator's act may follow on a parked event: the verdict of an attempt that ends late is not written.
    `passed` corrects what is final, and adds a stage to a receipt. `redone` repeats what has ended without an operator.
    """
    if verdict == "passed":
        return last in FINAL_VERDICTS - PARKED_VERDICTS or last == "received"
    if verdict == "redone":
        return last in REDOABLE_VERDICTS
    return verdict in OPERATOR_VERDICTS if last in PARKED_VERDICTS else last not in FINAL_VERDICTS


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that died at a stage, as it was then.

    - `number`: given by the ledger; 0 before.
    - `attempt`: the number of attempts it had.
    - `error`, `field`, `reason`: see `Dead`. `reason` is in the project's language.
    """

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
    """An event that was published to `stage` and has no final verdict there.

    - `raw`: the event as the upstream stage `via` received it.
    - `edited`: the approved edit for `stage`, or None. It is delivered as it is, without running `via` again.
    - `since`: when it was handed to the stage, or the stage last recorded something of it (UTC), if that was asked for.
    """

    raw: Envelope
    via: str
    stage: str
    next_turn: int
    edited: Envelope | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An event that ended at more stages than it was passed on to, as it was received, and all its entries.

    `letters`: by stage, the number of its dead letter that is parked there.
    """

    event: Envelope
    entries: Sequence[Entry]
    letters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Received:
    """The new events of a page, with the numbers they got: the events of each source are numbered from 1.

    `entries` are their `received` entries. `held` are records that only what follows in the same poll can decide.
    """

    fresh: Sequence[Envelope]
    numbers: range
    entries: Sequence[Entry]
    held: Sequence[Envelope] = ()


@dataclass(frozen=True, slots=True)
class Backlog:
    """The events of a source that are not recorded as published to durable queues.

    - `numbers`: the numbers of all of them.
    - `waiting`: those that no route has finished yet, oldest first. Of events that their route handled before they were
      received: those that a sink has not finished yet.
    - `handled`: of such events, all of them.
    """

    numbers: range
    waiting: Sequence[OpenItem]
    handled: Sequence[Envelope] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the balance, in numbers of events."""

    received: int = 0
    delivered: int = 0
    dropped: int = 0
    dead: int = 0
    in_flight: int = 0

    @property
    def difference(self) -> int:
        """The number of events that are not accounted for. Anything but 0 is an alarm."""
        return self.received - self.delivered - self.dropped - self.dead - self.in_flight


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the ledger was verified without a fault: how many blocks, and when (UTC); None when it never was."""

    blocks: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StageStatus:
    """The state of a stage.

    - `open_events`: the number of events without a final verdict there.
    - `waiting`: how many of them wait for a further attempt.
    - `oldest`: when the oldest of them was received (UTC); None when there is none.
    - `done_recently`: the number of events it finished in the last five minutes.
    """

    stage: str
    open_events: int
    waiting: int
    oldest: datetime | None
    done_recently: int


@dataclass(frozen=True, slots=True)
class Balance:
    """The account of every event by source, by (source, local day), and by stage.

    `faults`: a sentence for everything that does not add up.
    """

    sources: Mapping[str, Account]
    days: Mapping[tuple[str, str], Account]
    stages: Mapping[str, Account]
    faults: Sequence[str] = ()


KEPT_FROM = 5_000
"""Entries since sums were kept, from which on it costs less to keep them than to add them up at each look."""
