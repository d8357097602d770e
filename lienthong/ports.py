"""The ports: what the engine asks of the outside, one promise a line. Adapters and connectors keep them."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NewType, Protocol

from sqlalchemy import Connection, Engine

from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.records import Backlog, Balance, DeadLetter, Entry, OpenItem, Received, StageStatus
from lienthong.outcome import Outcome

Table = Mapping[str, str]
"""A mapping table of `config/tables/`, by folded key; a transform asks for one by annotating a parameter with it."""

SourceName = NewType("SourceName", str)
"""The name of a file of `config/sources/`, for parameters; `lienthong check` knows the others."""

Found = Mapping[str, Any]
"""What a lookup found: key → value. A key it does not know is absent."""

Cursor = Mapping[str, Any]
"""Where a source stands; a small JSON object only that source understands. Empty at the very start."""


class Clock(Protocol):
    """Time is a port."""

    def now(self) -> datetime:
        """This moment, in UTC, with tzinfo."""


@dataclass(frozen=True, slots=True)
class Record:
    """One object as an outside system showed it.

    `key` is its natural key ("" when the object has none: it is still taken in, and dies with a reason).
    `body` is the wire object, untouched.
    """

    type: str
    key: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, and the cursor that is true once all of them are safely recorded."""

    records: Sequence[Record]
    cursor: Cursor


class Source(Protocol):
    """An outside system we read.

    - `poll` yields pages, oldest first, and returns when there is nothing more for now.
    - It may repeat what it showed before; it may not skip. It owns no state: the cursor is all it is told.
    - It raises `Transient` when the system does not answer; the pages yielded before stay good.
    - It never raises for the content of a record: what is broken is the route's to judge.
    """

    def poll(self, cursor: Cursor) -> Iterable[Page]: ...


class Transform(Protocol):
    """A pure function. Returns the event in its next shape, or None to drop it; raises `Rejected` naming the field."""

    def __call__(self, envelope: Envelope) -> Envelope | None: ...


class Lookup(Protocol):
    """Reference data, many keys at once. Raises `Transient` when it cannot know; an unknown key is absent."""

    def find_many(self, keys: Sequence[str]) -> Found: ...


class Transaction(Protocol):
    """One transaction of the ledger's database. It begins at the first use of `connection`."""

    @property
    def connection(self) -> Connection: ...


class Sink(Protocol):
    """A place events end.

    - `deliver` returns one outcome for each envelope, in their order.
    - Data may be unread still: `envelope.read()` gives it as a dict, `envelope.json()` as it came.
    - It is idempotent by `envelope.id`: the same event may come any number of times.
    - An SQL sink writes through `transaction.connection`: its rows and the ledger entry live or die together.
    - It raises `Transient` when nothing could be delivered.
    """

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]: ...


class Delivery(Protocol):
    """A bundle in our hands. `ack` is the last act; a bundle never acked comes back.

    An ack that comes too late, after the bundle was handed out again, is dropped: ids absorb what is done twice.
    """

    @property
    def bundle(self) -> Bundle: ...

    @property
    def redelivered(self) -> bool:
        """Whether it was in somebody's hands before, and not acked."""

    @property
    def redeliveries(self) -> int:
        """How often that was, as far as the broker counts; at least 1 when it is known to be one."""

    def ack(self) -> None: ...


class Consumer(Protocol):
    """A subscription to one queue, used by one thread."""

    def next(self, timeout: timedelta) -> Delivery | None:
        """The next bundle, or None when none came within `timeout`."""

    def close(self) -> None: ...


class Broker(Protocol):
    """Queues between stages.

    - `publish` returns once all bundles are confirmed and none was returned; else it raises `Transient`.
    - A bundle with a `wait` is not consumable before it is over, and does not hold up others.
    - `announce` puts events on the exchange for subscribers, those of one type in one bundle, routed by the type.
    - `durable` says whether what was confirmed survives this process.
    """

    durable: bool

    def declare(self, queues: Sequence[str], rungs: Sequence[timedelta]) -> None:
        """Make the queues, and whatever `rungs` need, that are not there yet. Deletes and changes nothing.

        Raises `Misconfigured` when something of a name is there and different, `Transient` without an answer.
        """

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None: ...

    def consume(self, queue: str, prefetch: int | None = None) -> Consumer:
        """Subscribe. At most `prefetch` bundles are in the subscriber's hands at a time; None leaves it to the broker.

        The consumer outlives every trouble of the broker's: while it does not answer, nothing comes.
        """

    def has_room(self) -> bool:
        """Whether intake may go on: false while too much is waiting."""

    def depth(self) -> int:
        """How many bundles are ready or in somebody's hands; those held back by a `wait` are not counted."""

    def next_due(self) -> datetime | None:
        """When the earliest held-back bundle becomes ready; None if none is, or if the broker keeps its own time."""

    def wait_for_change(self, timeout: timedelta) -> None:
        """Return when something was published or acked, or after `timeout`."""

    def close(self) -> None: ...


class LedgerTransaction(Transaction, Protocol):
    """What may be written in one transaction. Told twice, each keeps one."""

    def receive(self, envelopes: Sequence[Envelope], stage: str, to: Sequence[str], cursor: Cursor) -> Received:
        """Store raw bodies, their "received" entries and the source's cursor; return those never seen before."""

    def mark_published(self, source: str, numbers: range) -> None:
        """Durable queues have these. Passed over unless all before them were handed over, too."""

    def reset_published(self) -> None:
        """From now on nothing counts as handed over: the queues in use end with the process."""

    def record(self, entries: Sequence[Entry], letters: Sequence[DeadLetter] = ()) -> Sequence[Entry]:
        """Append one block to the writer's chain, its postings, and the dead letters of its entries.

        An entry is passed over when its stage already has a verdict for that turn, or a final one for that event.
        Returns those that were written.
        """

    def unpark(self, number: int, state: Literal["replayed", "discarded"]) -> bool:
        """Take a dead letter out of the parked ones. False when somebody did so before."""


class Ledger(Protocol):
    """The append-only account of every event. Every method raises `Transient` when the database is away."""

    def transaction(self) -> AbstractContextManager[LedgerTransaction]:
        """Commits when the block ends well, else rolls back. Nothing is begun before it is used.

        Raises `Transient` when the database is away, or another wrote the same at the same moment: do it again.
        """

    def lease(self, name: str) -> AbstractContextManager[bool]:
        """True for one holder of the name at a time, in all processes; it ends with the block or the process."""

    def cursor(self, source: str) -> Cursor: ...

    def in_flight(self) -> int:
        """How many (event, stage) pairs have no final verdict yet, by the postings."""

    def open_items(self) -> Iterable[OpenItem]:
        """Every (event, stage) with no final verdict, an event at a time."""

    def unpublished_backlog(self, source: str) -> Backlog: ...

    def never_published(self) -> Mapping[str, range]:
        """By source, the numbers of all its events, where no durable queue was ever given any of them."""

    def trail(self, key: str) -> Sequence[Entry]:
        """All entries of the events with that id or subject, oldest first."""

    def letters(self, *, state: str = "parked") -> Sequence[DeadLetter]: ...

    def letter(self, number: int) -> DeadLetter | None: ...

    def balance(self) -> Balance: ...

    def stages(self) -> Sequence[StageStatus]:
        """How every stage stands now, by name."""

    def verify(self, seen: Sequence[str] = ()) -> Iterable[str]:
        """Every place where the chain, the postings or a body were tampered with; nothing when all is proved.

        `seen`: hashes from `heads` of earlier days, kept elsewhere; each must still be there.
        """

    def heads(self) -> Mapping[str, str]:
        """By chain, the hash of its last block: note them elsewhere, so that nobody can write the ledger anew."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the house gives a connector: the time, and the database where our own tables live."""

    clock: Clock
    database: Engine
