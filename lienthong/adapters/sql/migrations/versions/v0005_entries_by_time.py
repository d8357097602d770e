"""The key of entries begins with the instant at which their event was received, no longer with the event's id.

Ids are random, so each entry went to another page of the index (ADR 15).
"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    columns = ["received_at", "event_id", "stage", "turn"]
    op.drop_index("ledger_entries_once", "ledger_entries")
    if op.get_bind().dialect.name == "postgresql":
        columns.append("day")  # PostgreSQL requires the partition key in a unique index
    else:
        op.drop_index("ledger_entries_day", "ledger_entries")
    op.create_index("ledger_entries_once", "ledger_entries", columns, unique=True)
