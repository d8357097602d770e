"""Drop the index of entries by block and position: it took a third of the time to write an entry (ADR 17)."""

from alembic import op
from sqlalchemy import text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ledger_entries_pkey", "ledger_entries")
        return
    for statement in _SQLITE:
        op.execute(text(statement))


# SQLite drops a primary key only with its table.
_SQLITE = (
    """
    CREATE TABLE new_entries (
      writer VARCHAR(100) NOT NULL,
      block INTEGER NOT NULL,
      position INTEGER NOT NULL,
      event_id VARCHAR(36) NOT NULL,
      source VARCHAR(100) NOT NULL,
      subject VARCHAR(200) NOT NULL,
      received_at VARCHAR(40) NOT NULL,
      day VARCHAR(10) NOT NULL,
      stage VARCHAR(120) NOT NULL,
      turn INTEGER NOT NULL,
      verdict VARCHAR(12) NOT NULL,
      reason TEXT NOT NULL,
      handed_to TEXT NOT NULL,
      fan_out INTEGER NOT NULL,
      who VARCHAR(100) NOT NULL,
      seal TEXT NOT NULL DEFAULT ''
    )
    """,
    "INSERT INTO new_entries SELECT * FROM ledger_entries ORDER BY writer, block, position",
    "DROP TABLE ledger_entries",
    "ALTER TABLE new_entries RENAME TO ledger_entries",
    "CREATE UNIQUE INDEX ledger_entries_once ON ledger_entries (received_at, event_id, stage, turn)",
)
