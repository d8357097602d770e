"""The port of the ledger: the account of every event, which is only ever appended to."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.identity import LedgerIdentity, Position
from lienthong.ledger.records import (
    Backlog,
    Balance,
    Contradiction,
    DeadLetter,
    Entry,
    Handled,
    OpenItem,
    Reading,
    Received,
    StageStatus,
    Verified,
    VersionKey,
)
from lienthong.ports.connectors import Cursor, Seals, Transaction


class LedgerTransaction(Transaction, Protocol):
    """What can be written in one transaction. Writing the same twice keeps one."""

    def receive(
        self,
        envelopes: Sequence[Envelope],
        *,
        source: str,
        to: Sequence[str],
        cursor: Cursor,
        before: int | None = None,
        hold: bool = False,
        recorded: bool = False,
        who: str = "",
        unique: bool = False,
    ) -> Received:
        """Store the bodies of new events, their `received` entries, and the cursor of the source.

        - `to` names the stages that the events go to.
        - A record whose source showed the same content of that key last is no new event. One that returns to an earlier
          content is a new event with an id of its own. A record without a key is known by its content alone.
        - A source may show its history again. `before` is the number of its last event before the poll (the default:
          before this call); what the poll showed since counts as one sequence, see `lienthong.ledger.versions`.
        - With `hold`, records that depend on what the poll shows next are returned as `Received.held`, and then the
          cursor stays as it was. Give them again, before the next records of their keys.
        - `recorded`: a recording is played, perhaps again or after a later one. A content that was received before is
          then no new event while the ledger has a version of its record from a later moment than the record's.
        - `unique`: a content that was received before is never a new event.
        - `who`: the client that pushed the records; "" where they were fetched.
        """

    def receive_handled(
        self, handled: Sequence[Handled], *, source: str, to: str, quiet: bool, letters: Sequence[DeadLetter] = ()
    ) -> None:
        """Store new events together with the first verdict of their route `to`: bodies, entries and letters, one block.

        - Their ids are new: this is not looked up. The body is the event after its steps where it has an answer.
        - The cursor of the source does not move.
        - `quiet`: nothing has to be published of them, so they count as published if all before them do.
        """

    def mark_published(self, source: str, numbers: range) -> None:
        """Record that durable queues have the events with these numbers.

        Does nothing unless all events of the source before them are recorded so, too.
        """

    def mark_reading(self, source: str, reading: Reading) -> None:
        """Record that a source was read once to its end, or that what it showed until then is handled."""

    def reset_published(self) -> None:
        """Record that no event is published. Called at start when the broker keeps nothing from an earlier process."""

    def record(self, entries: Sequence[Entry], letters: Sequence[DeadLetter] = ()) -> Sequence[Entry]:
        """Append entries as one block to the writer's hash chain, with their postings and dead letters.

        - An entry is left out when its stage has a verdict for that turn already, or a final one for that event.
        - Returns the entries that were written. A letter without a written entry is not stored.
        """

    def announce(self, stage: str, bundles: Sequence[Bundle]) -> None:
        """Keep what a stage announces for subscriptions: bundles of one event type each, as they are published."""

    def adopt(self, envelopes: Sequence[Envelope], *, source: str, to: Sequence[str], who: str) -> Sequence[Envelope]:
        """Receive events that came in a message, and not from their source, whose cursor does not move.

        They count as published. Returns those that were not received before. `who` decided it.
        """

    def end_restoration(self) -> None:
        """Record that what a restored ledger lacked was taken over (see `LedgerIdentity.restored_at`)."""

    def note_handover(self, stage: str, events: int, why: str, who: str = "") -> None:
        """Record for operators that open events were published again."""

    def unpark(self, number: int, state: Literal["replayed", "discarded"]) -> bool:
        """Change the state of a parked dead letter. False when it is not parked any more."""


class Ledger(Protocol):
    """The account of every event. Every method raises `Transient` when the database does not answer."""

    def transaction(self) -> AbstractContextManager[LedgerTransaction]:
        """A transaction that commits when the block ends without an exception, and otherwise rolls back.

        - It begins at its first use.
        - Raises `Transient` when another process wrote the same rows at the same time: then repeat the block.
        """

    def lease(self, name: str) -> AbstractContextManager[bool]:
        """True for one holder of `name` at a time, among all processes. Does not wait.

        The lease ends with the block, or with the process.
        """

    def cursor(self, source: str) -> Cursor:
        """The cursor of the last page recorded from a source; empty when nothing was recorded."""

    def identity(self) -> LedgerIdentity:
        """Which ledger this is. The identity is made at the first call."""

    def begin_incarnation(self, *, after: str) -> LedgerIdentity:
        """Begin a new incarnation, because an older state of the database was restored. See `LedgerIdentity`.

        Its number is larger than that of the incarnation `after`, too.
        """

    def positions(self) -> Mapping[str, Position]:
        """By writer, where its hash chain ends."""

    def has_positions(self, positions: Mapping[str, Position]) -> bool:
        """Whether every chain of these had this block with this hash at some time. False: the ledger is another one,
        or an older state of it was restored.
        """

    def overtaken(self, stage: str, envelopes: Sequence[Envelope], turn: int) -> frozenset[str]:
        """Those of the events, by id, for which the stage has a verdict of this turn or a later one, or a final one."""

    def known(self, event_ids: Sequence[str]) -> frozenset[str]:
        """Those of the events that were ever received."""

    def received_count(self, source: str) -> int:
        """The number of events that were received from a source, which is also the number of the last one."""

    def present_records(self, source: str) -> Iterable[VersionKey]:
        """The records of a source with a natural key whose latest version is not marked as absent."""

    def latest_version(self, source: str, key: VersionKey) -> Envelope | None:
        """The latest version of a record, as it was received."""

    def reading(self, source: str) -> Reading:
        """How far a source has come."""

    def in_flight(self, source: str | None = None) -> int:
        """The number of (event, stage) pairs without a final verdict, by the postings; of one source if given."""

    def open_items(self, *, timed: bool = False, source: str | None = None) -> Iterable[OpenItem]:
        """Every (event, stage) pair without a final verdict, the stages of one event together; of one source if given.

        With `timed`, each has its moment `since`.
        """

    def open_among(self, stage: str, event_ids: Sequence[str]) -> frozenset[str]:
        """Those of the events that were handed to the stage and have no final verdict there."""

    def unpublished_backlog(
        self, source: str, *, after: int | None = None, at_most: int | None = None, route: str = ""
    ) -> Backlog:
        """The events of a source that are not recorded as published; the first `at_most` of them.

        - `after`: those with a larger number instead, whatever is recorded.
        - `route`: the one that handled them before they were received (see `LedgerTransaction.receive_handled`).
        """

    def unpublished_count(self, source: str) -> int:
        """How many events of a source are not recorded as published; 0 while none ever was."""

    def never_published(self) -> Mapping[str, range]:
        """By source, the numbers of its events, for sources none of whose events was ever recorded as published."""

    def trail(self, key: str) -> Sequence[Entry]:
        """All entries of the events with this id or subject, oldest first, with their time `at`."""

    def letters(self, *, state: str = "parked") -> Sequence[DeadLetter]:
        """The dead letters in a state, by number, without edits."""

    def letter(self, number: int) -> DeadLetter | None:
        """One dead letter in any state, without edits; None when there is none of that number."""

    def balance(self) -> Balance:
        """Every event by source, day and stage, computed twice: from the postings and from the entries.

        Where the two differ, `Balance.faults` names it.
        """

    def keep_sums(self, *, at_least: int = 1) -> bool:
        """Keep the sums that the balance and the status of stages are made of, so that later ones cost what came since.

        True when this process has kept some. `at_least`: entries that must have been written since they were kept; with
        `KEPT_FROM`, a caller that writes many bounds what the next look has to add up. Nothing depends on it but time.
        Any number of processes may call it.
        """

    def ended_twice(self) -> Mapping[tuple[str, str], int]:
        """By source and local day, how many events had ended at more stages than they were passed on to, when the sums
        were last kept.
        """

    def contradictions(self, source: str, day: str) -> Iterable[Contradiction]:
        """These events of a source and local day, as they are now."""

    def stages(self) -> Sequence[StageStatus]:
        """The status of every stage that ever had an event, by name."""

    def verify(self, seen: Sequence[str] = (), *, since_verified: bool = False) -> Iterable[str]:
        """A sentence for every place where chain, postings, bodies or letters were changed; nothing when all is proved.

        - `seen`: hashes that `heads` gave earlier and that were kept elsewhere. Each must still be in the chain.
        - `since_verified`: only what was written since the last verification that found nothing, and that the heads
          of then are still in their chains. The first verification is of everything.
        """

    def verified(self) -> Verified:
        """How far the ledger was verified."""

    def seals(self, stage: str) -> Seals:
        """What was delivered to a stage, for a sink that proves its rows (`Provable`)."""

    def heads(self) -> Mapping[str, str]:
        """By writer, the hash of the last block of its chain.

        Kept outside the database, the hashes prove that the ledger was not rewritten as a whole.
        """
