"""Several hash chains that note each other's heads, numbered events, and on PostgreSQL partitions and append-only."""

from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        script = Path(__file__).with_name("v0002_postgresql.sql").read_text(encoding="utf-8")
        for statement in script.split("\n\n"):
            op.execute(text(statement.replace(":", r"\:")))
        return
    for statement in _SQLITE:
        op.execute(text(statement.replace(":", r"\:")))


_SQLITE = (
    "ALTER TABLE ledger_bodies ADD COLUMN day VARCHAR(10) NOT NULL DEFAULT ''",
    "ALTER TABLE ledger_bodies ADD COLUMN number INTEGER NOT NULL DEFAULT 0",
    # Vietnam has been at UTC+7 since 1975, so no zone database is needed.
    "UPDATE ledger_bodies SET day = date(received_at, '+7 hours')",
    "UPDATE ledger_bodies SET number = numbered.number FROM ("
    " SELECT event_id, row_number() OVER (PARTITION BY source ORDER BY received_at, event_id) AS number"
    " FROM ledger_bodies) AS numbered WHERE numbered.event_id = ledger_bodies.event_id",
    "CREATE INDEX ledger_bodies_number ON ledger_bodies (source, number)",
    "ALTER TABLE ledger_blocks ADD COLUMN seen_writer VARCHAR(100)",
    "ALTER TABLE ledger_blocks ADD COLUMN seen_blocks INTEGER",
    "ALTER TABLE ledger_blocks ADD COLUMN seen_head VARCHAR(64)",
    "ALTER TABLE ledger_cursors ADD COLUMN taken INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE ledger_cursors ADD COLUMN handed_over INTEGER",
    "UPDATE ledger_cursors SET taken = (SELECT count(*) FROM ledger_bodies"
    " WHERE ledger_bodies.source = ledger_cursors.source)",
)
