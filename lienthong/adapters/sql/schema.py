"""The ledger's tables. Nothing in `ledger_*` is ever updated or deleted except `ledger_writers` and `ledger_cursors`.

Instants are ISO 8601 text in UTC: the chain hashes what was written, to the letter.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table, Text

metadata = MetaData()

bodies = Table(
    "ledger_bodies",
    metadata,
    Column("event_id", String(36), primary_key=True),
    Column("source", String(100), nullable=False),
    Column("type", String(100), nullable=False),
    Column("subject", String(200), nullable=False, index=True),
    Column("received_at", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False),  # the canonical JSON, deflated
)

entries = Table(
    "ledger_entries",
    metadata,
    Column("writer", String(100), nullable=False),
    Column("block", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("event_id", String(36), nullable=False),
    Column("source", String(100), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("received_at", String(40), nullable=False),
    Column("day", String(10), nullable=False),
    Column("stage", String(120), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("verdict", String(12), nullable=False),
    Column("reason", Text, nullable=False),
    Column("handed_to", Text, nullable=False),  # stage names, one a line
    Column("fan_out", Integer, nullable=False),  # how many
    Column("who", String(100), nullable=False),
    PrimaryKeyConstraint("writer", "block", "position"),
    Index("ledger_entries_once", "event_id", "stage", "turn", unique=True),
    Index("ledger_entries_day", "source", "day"),
)

blocks = Table(
    "ledger_blocks",
    metadata,
    Column("writer", String(100), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", String(40), nullable=False),
    Column("entries", Integer, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    PrimaryKeyConstraint("writer", "number"),
)

postings = Table(
    "ledger_postings",
    metadata,
    Column("writer", String(100), nullable=False),
    Column("block", Integer, nullable=False),
    Column("source", String(100), nullable=False),
    Column("day", String(10), nullable=False),
    Column("account", String(150), nullable=False),
    Column("amount", Integer, nullable=False),
    PrimaryKeyConstraint("writer", "block", "source", "day", "account"),
)

writers = Table(
    "ledger_writers",
    metadata,
    Column("writer", String(100), primary_key=True),
    Column("blocks", Integer, nullable=False),
    Column("head", String(64), nullable=False),
)

cursors = Table(
    "ledger_cursors",
    metadata,
    Column("source", String(100), primary_key=True),
    Column("cursor", Text, nullable=False),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("event_id", String(36), nullable=False),
    Column("stage", String(120), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("error", String(100), nullable=False),
    Column("field", String(200)),
    Column("reason", Text, nullable=False),
    Column("died_at", String(40), nullable=False),
    Column("envelope", LargeBinary, nullable=False),  # the CloudEvents JSON, deflated
    Column("state", String(12), nullable=False, index=True),
    Index("dead_letters_once", "event_id", "stage", "turn", unique=True),
)
