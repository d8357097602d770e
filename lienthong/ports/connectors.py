"""What connectors and transforms of a project implement, and the values they exchange with the engine."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, NewType, Protocol

from sqlalchemy import Connection, Engine

from lienthong.envelope import Envelope
from lienthong.notices import Notices
from lienthong.outcome import Outcome
from lienthong.ports.clock import Clock
from lienthong.ports.configured_reports import NoReports, Reports
from lienthong.ports.files import Files, NoFiles

Table = Mapping[str, str]
"""A mapping table of `config/tables/`. Its keys are folded (see `fold`).

A step or a connector gets one by annotating a parameter with `Table` and naming the table in YAML.
"""

SourceName = NewType("SourceName", str)
"""A parameter that names a file of `config/sources/`. `lienthong check` refuses a name that does not exist."""

Found = Mapping[str, Any]
"""The answer of a lookup: key → value. An unknown key is absent."""


class NotKnown(dict[str, Any]):
    """What a lookup found when it gave no answer within the `budget` of the step: nothing. `why` states the cause."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


Cursor = Mapping[str, Any]
"""How far a source was read: a small JSON object that only the source understands. Empty before the first poll."""


@dataclass(frozen=True, slots=True)
class Record:
    """One object as an outside system shows it.

    - `type`: the event type it becomes, e.g. `letter.seen`.
    - `key`: its natural key, or "" when it has none. Then it is received all the same, and the route rejects it.
    - `body`: the object as it came, unchanged.
    - `traceparent`, `tracestate`: of its own trace (W3C), where its system states one. They are no part of its content,
      and ignored where they are malformed. Without one it has the trace of the push that it came with.
    """

    type: str
    key: str
    body: Mapping[str, Any]
    traceparent: str = ""
    tracestate: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Records of a source, and the cursor that holds once all of them are recorded.

    `more`: this is the last page of the poll although the source has more; the next poll goes on from the cursor.
    """

    records: Sequence[Record]
    cursor: Cursor
    more: bool = False


class Source(Protocol):
    """An outside system that the engine reads.

    - `poll` yields pages, oldest first, and returns when there is nothing more to read now.
    - It may yield a record again. It may not skip one.
    - It keeps no state: `cursor`, the one of the last recorded page, is all it knows about earlier polls.
    - It raises `Transient` when the system does not answer. The pages yielded before stay valid.
    - It never raises for the content of a record: the route rejects what is wrong.
    - Its class may have a static method `describe_cursor(cursor) -> str`, which words a cursor for operators.
    """

    def poll(self, cursor: Cursor) -> Iterable[Page]: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What a pusher is answered: an HTTP status, a body of a content type, and further headers."""

    status: int = 204
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


ReplyFor = Callable[[Sequence[bool]], Reply]
"""A reply that depends on which of the records were new, in their order: for a wire that states a repetition."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one push holds, and its reply, which is sent once all the records are in the ledger.

    `unique`: each record has something that no other has, such as an id or a moment. So a content that was pushed
    before is a repetition, also when other contents of its key were pushed in between.
    """

    records: Sequence[Record]
    reply: Reply | ReplyFor = Reply()
    unique: bool = False


class Inbox(Protocol):
    """What an outside system pushes records to.

    - `receive` gets one push: its body as it came, of at most `max_bytes` bytes, and its headers by lower-case name.
    - The reply is sent after the ledger's commit. A pusher that gets none pushes again, so the same body must give the
      same records: they are recognised, and nothing doubles.
    - It keeps no state and writes nothing. Any number of threads may call it.
    - It raises `Rejected` for a body that it cannot read, or an `ExceptionGroup` of several: nothing is recorded, and
      the reply names what is wrong. A fault of the field `header/content-type` is answered with 415, others with 400.
    - With `access: wire` it judges by body and headers who pushes, and raises `Unauthenticated`.
    - A receipt without records is a reply and nothing else: so a wire with replies of its own states what is wrong.
    - It raises `Transient` when it cannot tell now: nothing is recorded, and the pusher is asked to push again.
    - It never raises for the content of a record that it could read: the route rejects what is wrong.
    - Its class may have a method `refusal(status, why) -> Reply`, which words in the form of the wire what the engine
      refuses: 400, 401, 403, 429, 500, 503, with a sentence. `Retry-After` is added to it.
    - Its class may have `takes_query = True`: the wire pushes by GET as well, and the query is the body then.
    - Its class may have a method `handshake(headers) -> Reply`, which answers `OPTIONS` before anything is pushed.
    """

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt: ...


class Transform(Protocol):
    """A pure function of one event.

    - It returns the event with new data, under the same id, or None to drop it.
    - It raises `Rejected`, naming the field, for an event that is wrong.
    """

    def __call__(self, envelope: Envelope) -> Envelope | None: ...


class Lookup(Protocol):
    """Reference data, asked for many keys at once.

    - A key that is not known is absent from the answer.
    - It raises `Transient` when it cannot know now.
    """

    def find_many(self, keys: Sequence[str]) -> Found: ...


class Transaction(Protocol):
    """One transaction of the ledger's database. It begins at the first use of `connection`."""

    @property
    def connection(self) -> Connection: ...


class Sink(Protocol):
    """A place where events end.

    - `deliver` returns one outcome for each envelope, in their order.
    - It is idempotent by `envelope.id`: the same event may come any number of times.
    - What it has to tell about a delivery, such as a receipt, it hands back with its outcome (`Done.follow_ups`): these
      records become events in the same transaction, exactly once, for routes `from: {sink: NAME}`.
    - An SQL sink writes through `transaction.connection`: its rows commit together with the ledger entries.
    - It raises `Transient` when it could deliver nothing.
    - The data may still be encoded: `envelope.data_dict()` gives it as a dict, `envelope.data_json()` as JSON.
    """

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]: ...


class Seals(Protocol):
    """What the ledger has of the deliveries to one sink."""

    def __call__(self, event_ids: Sequence[str]) -> Mapping[str, str]:
        """By event id, the seal of its last delivery; "" when the sink gave none. Other ids are absent."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Event id and seal of every delivery that has one, in no order. They are streamed."""

    def awaited(self, event_ids: Sequence[str]) -> AbstractSet[str]:
        """Which of these events were passed on to the sink, delivered or not."""


class Unprovable(str):
    """A sentence about rows that nothing proves or refutes, such as those from before there were seals: no fault."""

    __slots__ = ()


class Provable(Sink, Protocol):
    """A sink whose rows can be proved: it seals what it writes (`Done.seal`), and the ledger's chain has the seals."""

    def verify(self, seals: Seals) -> Iterable[str]:
        """A sentence for every row that is not what was delivered. Memory does not grow with the rows.

        What can neither be proved nor refuted is an `Unprovable`, one for all such rows of a table.
        """


@dataclass(frozen=True, slots=True)
class Site:
    """What every connector is constructed with.

    - `clock`, and the `database` of the project's own tables.
    - `notices`: where it tells what an operator should know though nothing failed, such as a file that is not read.
    - `thorough`: there is no next poll soon, as in a recording and with `--until-done`. So a source that looks back in
      tiers reads with each poll everything that it may find changed.
    - `files`: bodies of files, by digest. An event and a row name a body; they never hold it.
    - `reports`: the configured reports, for what keeps their drafts.
    """

    clock: Clock
    database: Engine
    notices: Notices = field(default_factory=Notices)
    thorough: bool = False
    files: Files = field(default_factory=NoFiles)
    reports: Reports = field(default_factory=NoReports)
