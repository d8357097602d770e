"""Dead letters, their edits and their replays: the values, and the ports of the tables that keep them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from lienthong.dead_letters.cause import Cause
from lienthong.envelope import Envelope
from lienthong.errors import LienthongError
from lienthong.ledger.records import DeadLetter
from lienthong.ports import Clock, Ledger, Transaction

LetterState = Literal["parked", "replayed", "discarded"]
EditState = Literal["proposed", "approved", "refused", "superseded"]
ReplayFate = Literal["waiting", "died", "ended"]
"""The state of a replayed letter: not finished, dead again, or finished well."""


class NotAllowed(LienthongError):  # noqa: N818 - the answer to an operator's request
    """An operator's act that cannot be done now. The text is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Selects dead letters. An empty field, or None, selects all.

    - `group`: the id of a cause.
    - `since`: those that died at this instant or later.
    - `after`: those with a higher number; how a list goes on after a page.
    """

    state: LetterState | None = "parked"
    stage: str = ""
    source: str = ""
    group: str = ""
    since: datetime | None = None
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSummary:
    """A dead letter without its body.

    - `edit`: the digest of the approved edit that a replay will send; "" when there is none.
    - `proposed`: whether an edit waits for its approval.
    """

    number: int
    event_id: str
    subject: str
    source: str
    stage: str
    turn: int
    attempt: int
    error: str
    field: str | None
    reason: str
    died_at: datetime
    state: LetterState
    edit: str = ""
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class LetterGroup:
    """The letters of one cause: their number, when the first and the last died, and the sources they came from."""

    cause: Cause
    count: int
    first: datetime
    last: datetime
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """New data that an operator proposes for a letter. `digest` is the SHA-256 of its canonical JSON.

    `number` is given when it is stored; 0 before.
    """

    number: int
    letter: int
    data: Mapping[str, Any]
    digest: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    state: EditState = "proposed"
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRun:
    """The record of one replay.

    - `digest`, `count`: of the replay set. `number` is given when it is stored; 0 before.
    - `sent`, `died`, `waiting`: the number of letters published, dead again, and not finished.
    - `stopped`: why it ended before all letters were sent; "" when it did not.
    - `ended_at`: None while it runs.
    """

    number: int
    digest: str
    count: int
    who: str
    began_at: datetime
    sent: int = 0
    died: int = 0
    waiting: int = 0
    stopped: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReplayPart:
    """Letters of a replay that were recorded in one transaction: (number, turn of the `replayed` entry)."""

    replay: int
    part: int
    letters: Sequence[tuple[int, int]]


class Letters(Protocol):
    """The dead letters. The memory that a method needs does not grow with their number."""

    def groups(self, letter_filter: LetterFilter) -> Sequence[LetterGroup]:
        """The letters by cause, the largest group first."""

    def search(self, letter_filter: LetterFilter) -> Iterable[LetterSummary]:
        """The letters that the filter selects, by number."""

    def summaries(self, numbers: Sequence[int]) -> Sequence[LetterSummary]:
        """The letters with these numbers, in any state, by number. A number that does not exist is left out."""

    def load(self, numbers: Sequence[int]) -> Sequence[DeadLetter]:
        """The same with their envelopes. An approved edit is applied."""

    def load_original(self, number: int) -> DeadLetter:
        """One letter as it died, without edits. The number must exist."""

    def last_two_versions(self, event_id: str) -> tuple[Envelope | None, Envelope] | None:
        """The version of its record that was received before this event, and the event, both as received.

        The former is None for the first one, and for an event that belongs to no record; None for an unknown event.
        """

    def last_turns(self, letters: Sequence[DeadLetter], transaction: Transaction) -> Mapping[int, int]:
        """By letter, the last turn of the event at its stage. Locks the letters until the transaction ends."""

    def fates(self, numbers: Sequence[int]) -> Mapping[int, ReplayFate]:
        """By letter, its fate since it was replayed: at its stage, and for a route's letter also at the next stages."""


class Edits(Protocol):
    """The edits of dead letters."""

    def history(self, letter: int) -> Sequence[Edit]:
        """All edits of a letter, oldest first."""

    def propose(self, edit: Edit, transaction: Transaction) -> None:
        """Store a proposal. An earlier one of the same letter that still waits becomes `superseded`."""

    def decide(self, edit: int, transaction: Transaction, *, state: EditState, who: str, at: datetime) -> bool:
        """Approve or refuse a proposal. False when it was decided before."""


class Replays(Protocol):
    """The record of replays: a second call of a replay does nothing, and an interrupted one can be completed."""

    def find(self, digest: str) -> Sequence[ReplayRun]:
        """The replays of sets whose digest begins with `digest`, oldest first."""

    def begin(self, run: ReplayRun, transaction: Transaction) -> int:
        """Store a replay that begins; returns its number."""

    def record_part(self, part: ReplayPart, at: datetime, transaction: Transaction) -> None:
        """Store that these letters are closed and not yet published."""

    def mark_published(self, part: ReplayPart, transaction: Transaction) -> None:
        """Store that the letters of a part are published."""

    def unpublished_parts(self, before: datetime) -> Sequence[ReplayPart]:
        """The parts that were recorded at or before an instant and are not published."""

    def end(self, run: ReplayRun, transaction: Transaction) -> None:
        """Store the result of a replay."""


@dataclass(frozen=True, slots=True)
class LetterStore:
    """Everything that the acts of operators work on."""

    ledger: Ledger
    letters: Letters
    edits: Edits
    replays: Replays
    clock: Clock
