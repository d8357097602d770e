"""The ledger's tables, as the code sees them. The migrations create them (`lienthong.adapters.sql.migrations`).

Rows of entries, postings, blocks and bodies are added and never changed: on PostgreSQL the database itself refuses it.
There, entries and bodies are partitioned by the month of the local day on which the event was received.
Instants are ISO 8601 text in UTC: the hash chain covers the text exactly as it was written.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table, Text, text
from sqlalchemy.types import TypeEngine

metadata = MetaData()


def _text(length: int | None = None) -> TypeEngine[str]:
    """Text. On PostgreSQL it has no limit, since SQLite enforces none, and the migrations give it byte order."""
    plain = String(length) if length else Text()
    return plain.with_variant(Text(), "postgresql")


bodies = Table(
    "ledger_bodies",
    metadata,
    Column("event_id", _text(36), primary_key=True),
    Column("source", _text(100), nullable=False),
    Column("type", _text(100), nullable=False),
    Column("subject", _text(200), nullable=False),
    Column("received_at", _text(40), nullable=False),
    Column("body", LargeBinary, nullable=False),  # canonical JSON; deflated in rows that version 0.1.0 wrote
    Column("day", _text(10), nullable=False, server_default=""),  # local day of receipt
    Column("number", Integer, nullable=False, server_default="0"),  # 1, 2, 3, … in its source
    Column("traceparent", Text),  # of what came in with a trace, so that what leaves later carries it on
    Column("tracestate", Text),
    Index("ledger_bodies_number", "source", "number"),
    Index("ledger_bodies_versions", "subject", "number"),  # the latest version of a record
)

entries = Table(
    "ledger_entries",
    metadata,
    Column("writer", _text(100), nullable=False),
    Column("block", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("event_id", _text(36), nullable=False),
    Column("source", _text(100), nullable=False),
    Column("subject", _text(200), nullable=False),
    Column("received_at", _text(40), nullable=False),
    Column("day", _text(10), nullable=False),  # local day of receipt, the same for every entry of an event
    Column("stage", _text(120), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("verdict", _text(12), nullable=False),
    Column("reason", _text(), nullable=False),
    Column("handed_to", _text(), nullable=False),  # names of stages, one a line
    Column("fan_out", Integer, nullable=False),  # how many they are
    Column("who", _text(100), nullable=False),
    Column("seal", Text, nullable=False, server_default=""),  # of a dead entry: the hash of its letter
    # There is no index of blocks and positions: only the verification reads the chains, all of them, and it sorts
    # (ADR 17). An event is received once, so the moment can stand before the id, which is random. Then rows that are
    # written together lie together in the index, however long the history is, and a range of days is found by it.
    Index("ledger_entries_once", "received_at", "event_id", "stage", "turn", unique=True),
    # Of the entries that only say that an event waits: they are few, and what waits now is counted by them.
    Index("ledger_entries_later", "stage", "day", sqlite_where=text("verdict = 'later'")),
)

blocks = Table(
    "ledger_blocks",
    metadata,
    Column("writer", _text(100), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", _text(40), nullable=False),
    Column("entries", Integer, nullable=False),
    Column("previous", _text(64), nullable=False),
    Column("hash", _text(64), nullable=False),
    Column("seen_writer", _text(100)),  # witness: another chain, how many blocks it had, and its head
    Column("seen_blocks", Integer),
    Column("seen_head", _text(64)),
    Column("oldest", Text),  # the first and the last moment at which events of its entries were received
    Column("newest", Text),
    Column("spans", Text),  # where they are, unless all between these two: see `lienthong.adapters.sql.block_spans`
    PrimaryKeyConstraint("writer", "number"),
)

postings = Table(
    "ledger_postings",
    metadata,
    Column("writer", _text(100), nullable=False),
    Column("block", Integer, nullable=False),
    Column("source", _text(100), nullable=False),
    Column("day", _text(10), nullable=False),
    Column("account", _text(150), nullable=False),
    Column("amount", Integer, nullable=False),
    PrimaryKeyConstraint("writer", "block", "source", "day", "account"),
)

writers = Table(
    "ledger_writers",
    metadata,
    Column("writer", _text(100), primary_key=True),
    Column("blocks", Integer, nullable=False),
    Column("head", _text(64), nullable=False),
)

cursors = Table(
    "ledger_cursors",
    metadata,
    Column("source", _text(100), primary_key=True),
    Column("cursor", _text(), nullable=False),
    # The number of the last event that was received.
    Column("taken", Integer, key="received_count", nullable=False, server_default="0"),
    # Events up to this number are published to durable queues; NULL: none ever was.
    Column("handed_over", Integer, key="published_count"),
    Column("reading", _text(), nullable=False, server_default=""),  # see `lienthong.ledger.records.Reading`
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("event_id", _text(36), nullable=False),
    Column("stage", _text(120), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("error", _text(100), nullable=False),
    Column("field", _text(200)),
    Column("reason", _text(), nullable=False),
    Column("died_at", _text(40), nullable=False),
    Column("envelope", LargeBinary, nullable=False),  # the CloudEvents JSON, deflated
    Column("state", _text(12), nullable=False),
    Column("source", Text, nullable=False, server_default=""),  # of the event
    Column("cause", Text, nullable=False, server_default=""),  # see `letter_causes`
    Index("dead_letters_once", "event_id", "stage", "turn", unique=True),
    Index("dead_letters_pages", "state", "number"),
    Index("dead_letters_causes", "state", "cause", "source", "died_at", "number"),
)
