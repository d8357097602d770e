"""Versions of dossiers that one of two systems does not get, as alarms."""

from alembic import op
from sqlalchemy import Column, String, Text, inspect

revision = "0023"
down_revision = "0022"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    tables = set(inspect(op.get_bind()).get_table_names())  # some are present where their step was not recorded
    if "store_sync_touched" not in tables:
        op.create_table(
            "store_sync_touched",
            Column("event_id", _KEY, primary_key=True),
            Column("source", _KEY, nullable=False),
            Column("code", _KEY, nullable=False),
        )
    if "store_sync_awaited" not in tables:
        op.create_table(
            "store_sync_awaited",
            Column("source", _KEY, primary_key=True),
            Column("code", _KEY, primary_key=True),
            Column("waits_for", _KEY, nullable=False),
            Column("next_at", _KEY, nullable=False),
        )
        op.create_index("store_sync_awaited_by_next", "store_sync_awaited", ["waits_for", "next_at"])
    if "store_sync_alarms" not in tables:
        op.create_table(
            "store_sync_alarms",
            Column("alarm", _KEY, primary_key=True),
            Column("source", _KEY, nullable=False),
            Column("code", _KEY, nullable=False),
            Column("milestone", _KEY, nullable=False),
            Column("missing_in", _KEY, nullable=False),
            Column("due_at", _KEY, nullable=False),
            Column("announced_at", _KEY, nullable=False),
            Column("corrected_at", _KEY),
            Column("data", Text, nullable=False),
        )
        op.create_index("store_sync_alarms_by_dossier", "store_sync_alarms", ["source", "code"])
        op.create_index("store_sync_alarms_by_state", "store_sync_alarms", ["corrected_at", "due_at"])
