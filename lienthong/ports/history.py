"""The history of a source: its events as they were received, and the runs that replay them. See ADR 42."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from lienthong.envelope import Envelope
from lienthong.ledger.records import Entry
from lienthong.outcome import Outcome
from lienthong.ports.connectors import Sink, Transaction

Phase = Literal["withdraw", "restate"]
"""The two passes of a run over its events: what they make no longer is taken back, then what they make is stored."""


class Kept(NamedTuple):
    """What became of one event at one sink: `envelopes` are what the routes of today make of it for this sink.

    `subject` is the natural key of the event as it was received.
    """

    event_id: str
    source: str
    subject: str
    envelopes: tuple[Envelope, ...]


class KeepsState(Sink, Protocol):
    """A sink whose rows are nothing but the state that events lead to, so that history may be replayed into it.

    A sink declares it by having both methods. `lienthong replay-history` delivers to such sinks alone.
    """

    def withdraw(self, events: Sequence[Kept], transaction: Transaction) -> None:
        """Remove every row that one of the events made and does not make any more, or would not replace.

        Rows of earlier events that it stood before come back with what is restated, or from the sink's own history.
        """

    def restate(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """As `deliver`, but nothing is handed back or announced: neither now nor with a later delivery."""


class HistoryRange(NamedTuple):
    """The events of `source` that were received on the local days `first` (yyyy-mm-dd) until before `end`."""

    source: str
    first: str
    end: str


class PastEvent(NamedTuple):
    """An event as it was received, the `number`-th of its source, with all its entries in the order of their turns.

    `edited`: by stage, the event as an approved edit left it there.
    """

    number: int
    envelope: Envelope
    entries: Sequence[Entry]
    edited: Mapping[str, Envelope]


class HistorySize(NamedTuple):
    """How many events a range has, and the number of the last one."""

    events: int
    last: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run did with the events that it read, in numbers of events.

    - `redone`: made again. `added`: given to a route or sink that never had it. `taken_back`: made again, and the
      routes of today keep nothing of it.
    - `open`, `dead`, `discarded`: left alone at a stage, because the bus has it, it is a dead letter, an operator
      discarded it.
    - `refused`: left as it was, because a route or sink of today refuses it; `reasons` counts why.
    """

    read: int = 0
    redone: int = 0
    added: int = 0
    taken_back: int = 0
    open: int = 0
    dead: int = 0
    discarded: int = 0
    refused: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

    def plus(self, other: "Tally") -> "Tally":
        """The sum of both. Of the reasons, those that are counted most are kept."""
        names = ("read", "redone", "added", "taken_back", "open", "dead", "discarded", "refused")
        reasons = {why: self.reasons.get(why, 0) + other.reasons.get(why, 0) for why in (*self.reasons, *other.reasons)}
        most = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:REASONS]
        return replace(self, **{name: getattr(self, name) + getattr(other, name) for name in names}, reasons=dict(most))


REASONS = 20
"""Reasons of refusals that a run keeps."""


@dataclass(frozen=True, slots=True)
class HistoryRun:
    """A replay of a range: the events up to the number `last`. Those up to `position` are through the `phase`."""

    number: int
    of: HistoryRange
    last: int
    who: str
    why: str
    began_at: datetime
    phase: Phase = "withdraw"
    position: int = 0
    tally: Tally = Tally()
    ended_at: datetime | None = None


class History(Protocol):
    """The events of the ledger by source and number, and the runs. Methods raise `Transient` without a database."""

    def size(self, of: HistoryRange) -> HistorySize:
        """How many events there are now."""

    def pages(self, of: HistoryRange, *, after: int, last: int, size: int) -> Iterator[Sequence[PastEvent]]:
        """The events with numbers over `after` up to `last`, in their order, at most `size` on a page."""

    def open_run(self, of: HistoryRange) -> HistoryRun | None:
        """The run of this range that was begun and has not ended."""

    def begin(self, run: HistoryRun, transaction: Transaction) -> int:
        """Note a run; returns its number."""

    def advance(self, run: HistoryRun, transaction: Transaction) -> None:
        """Note how far it is, in the transaction of what was done, or that it ended."""

    def runs(self) -> Sequence[HistoryRun]:
        """All runs, the newest first."""
