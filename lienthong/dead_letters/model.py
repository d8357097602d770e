"""What is kept about dead letters beside the ledger, as ports: the letters themselves, their edits, their replays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from lienthong.dead_letters.cause import Cause
from lienthong.errors import LienthongError
from lienthong.ledger.records import DeadLetter
from lienthong.ports import Clock, Ledger, Transaction

State = Literal["parked", "replayed", "discarded"]
EditState = Literal["proposed", "approved", "refused", "superseded"]
ReplayFate = Literal["waiting", "died", "ended"]


class NotAllowed(LienthongError):  # noqa: N818 - reads as what it says
    """An act that may not be done now; the message says why, to the person who asked."""


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which letters are meant; what is empty does not matter. `state` None means any, `group` is the id of a cause."""

    state: State | None = "parked"
    stage: str = ""
    source: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class LetterSummary:
    """A letter without its body.

    `edit` is the digest of the approved edit it will be replayed with ("" when it goes as it was); `proposed` says
    that an edit waits for its second person.
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
    state: State
    edit: str = ""
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class LetterGroup:
    """The letters of one cause: how many, when the first and the last died, from which sources they came."""

    cause: Cause
    count: int
    first: datetime
    last: datetime
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody proposes a letter's data to be. `digest` is the SHA-256 of its canonical JSON."""

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


@dataclass(frozen=True, slots=True)
class ReplayRun:
    """One replay on record. `stopped` says why it did not go to the end; `ended_at` is None while it runs."""

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
    """Letters of a replay that were recorded together: (number, turn of the `replayed` entry)."""

    replay: int
    part: int
    letters: Sequence[tuple[int, int]]


class Letters(Protocol):
    """The dead letters. Memory does not grow with their number."""

    def groups(self, wanted: LetterFilter) -> Sequence[LetterGroup]:
        """By cause, the most frequent first."""

    def search(self, wanted: LetterFilter) -> Iterable[LetterSummary]:
        """By number."""

    def summaries(self, numbers: Sequence[int]) -> Sequence[LetterSummary]:
        """Those of the numbers that exist, in any state, by number."""

    def load(self, numbers: Sequence[int]) -> Sequence[DeadLetter]:
        """The same with their envelopes, as an approved edit made them where there is one."""

    def load_original(self, number: int) -> DeadLetter:
        """One letter as it was when it died, without edits."""

    def last_turns(self, letters: Sequence[DeadLetter], transaction: Transaction) -> Mapping[int, int]:
        """For each letter the last turn at its stage; the transaction holds the letters until its end."""

    def fates(self, numbers: Sequence[int]) -> Mapping[int, ReplayFate]:
        """What became of replayed letters: at its own stage for a sink's letter, anywhere after it for a route's."""


class Edits(Protocol):
    """Proposals to change what a letter says."""

    def history(self, letter: int) -> Sequence[Edit]:
        """Oldest first."""

    def propose(self, edit: Edit, transaction: Transaction) -> None:
        """Keep a proposal; one that still waited for the same letter is superseded."""

    def decide(self, edit: int, state: EditState, who: str, at: datetime, transaction: Transaction) -> bool:
        """Approve or refuse. False when somebody decided before."""


class Replays(Protocol):
    """The record of replays, so that a second call does nothing and a crash in between is mended."""

    def find(self, digest: str) -> Sequence[ReplayRun]:
        """The replays of the sets whose digest begins so, oldest first."""

    def begin(self, run: ReplayRun, transaction: Transaction) -> int: ...

    def record_part(self, part: ReplayPart, at: datetime, transaction: Transaction) -> None:
        """These letters are taken out and not yet published."""

    def mark_published(self, part: ReplayPart, transaction: Transaction) -> None: ...

    def unpublished_parts(self, before: datetime) -> Sequence[ReplayPart]:
        """Parts recorded before a moment and never published."""

    def end(self, run: ReplayRun, transaction: Transaction) -> None: ...


@dataclass(frozen=True, slots=True)
class LetterStore:
    """What an operator works with."""

    ledger: Ledger
    letters: Letters
    edits: Edits
    replays: Replays
    clock: Clock
