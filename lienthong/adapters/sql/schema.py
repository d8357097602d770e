"""The ledger's tables, as the code sees them; the migrations make them (`lienthong.adapters.sql.migrations`).

Entries, postings, blocks and bodies are only ever added to; on PostgreSQL the database itself refuses anything else,
and entries and bodies are partitioned by the month of the local day the event was received.
Instants are ISO 8601 text in UTC: the chain hashes what was written, to the letter.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table, Text
from sqlalchemy.types import TypeEngine

metadata = MetaData()


def _text(length: int | None = None) -> TypeEngine[str]:
    """Text; without a limit on PostgreSQL, as SQLite keeps none either. There the migrations give it byte order."""
    plain = String(length) if length else Text()
    return plain.with_variant(Text(), "postgresql")


bodies = Table(
    "ledger_bodies",
    metadata,
    Column("event_id", _text(36), primary_key=True),
    Column("source", _text(100), nullable=False),
    Column("type", _text(100), nullable=False),
    Column("subject", _text(200), nullable=False, index=True),
    Column("received_at", _text(40), nullable=False),
    Column("body", LargeBinary, nullable=False),  # the canonical JSON; deflated where 0.1.0 wrote it
    Column("day", _text(10), nullable=False, server_default=""),  # local day of receipt
    Column("number", Integer, nullable=False, server_default="0"),  # 1, 2, 3, … in its source
    Index("ledger_bodies_number", "source", "number"),
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
    Column("day", _text(10), nullable=False),  # local day of receipt: the same for every entry of an event
    Column("stage", _text(120), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("verdict", _text(12), nullable=False),
    Column("reason", _text(), nullable=False),
    Column("handed_to", _text(), nullable=False),  # stage names, one a line
    Column("fan_out", Integer, nullable=False),  # how many
    Column("who", _text(100), nullable=False),
    Column("seal", Text, nullable=False, server_default=""),  # of a dead entry: the hash of its letter
    # No index of blocks and positions: only a proof goes through the chains, all of them, and it sorts (ADR 17).
    # An event was received once, so its moment may stand before its id, which is random: rows written together lie
    # together in the index too, however long the history, and days are found by it.
    Index("ledger_entries_once", "received_at", "event_id", "stage", "turn", unique=True),
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
    Column("seen_writer", _text(100)),  # the head of another chain, as this block saw it
    Column("seen_blocks", Integer),
    Column("seen_head", _text(64)),
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
    Column("taken", Integer, nullable=False, server_default="0"),  # the number of the last event received
    Column("handed_over", Integer),  # up to this number durable queues have them; NULL: they never had any
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
    Column("state", _text(12), nullable=False, index=True),
    Index("dead_letters_once", "event_id", "stage", "turn", unique=True),
)
