"""Create the tables of version 0.1.0. That version had no migrations: tables that exist already stay as they are."""

from alembic import op
from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table, Text

revision = "0001"
down_revision = None

metadata = MetaData()
"""The tables as this step leaves them, and never changed afterwards. Today's are in `lienthong.adapters.sql.schema`."""

Table(
    "ledger_bodies",
    metadata,
    Column("event_id", String(36), primary_key=True),
    Column("source", String(100), nullable=False),
    Column("type", String(100), nullable=False),
    Column("subject", String(200), nullable=False, index=True),
    Column("received_at", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Table(
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
    Column("handed_to", Text, nullable=False),
    Column("fan_out", Integer, nullable=False),
    Column("who", String(100), nullable=False),
    PrimaryKeyConstraint("writer", "block", "position"),
    Index("ledger_entries_once", "event_id", "stage", "turn", unique=True),
    Index("ledger_entries_day", "source", "day"),
)
Table(
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
Table(
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
Table(
    "ledger_writers",
    metadata,
    Column("writer", String(100), primary_key=True),
    Column("blocks", Integer, nullable=False),
    Column("head", String(64), nullable=False),
)
Table(
    "ledger_cursors",
    metadata,
    Column("source", String(100), primary_key=True),
    Column("cursor", Text, nullable=False),
)
Table(
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
    Column("envelope", LargeBinary, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Index("dead_letters_once", "event_id", "stage", "turn", unique=True),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
