"""What happened to dossiers, as it was announced."""

from alembic import op
from sqlalchemy import Column, Integer, String, inspect

revision = "0015"
down_revision = "0014"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    if not inspect(op.get_bind()).has_table("store_happenings"):  # present, and its step not recorded
        op.create_table(
            "store_happenings",
            Column("source", _KEY, primary_key=True),
            Column("code", _KEY, primary_key=True),
            Column("happening", _KEY, primary_key=True),
            Column("occurrence", Integer, primary_key=True),
            Column("at", _KEY, nullable=False),
            Column("appointment_at", _KEY),
            Column("state", String, nullable=False),
            Column("event_id", _KEY, nullable=False),
            Column("seen_at", _KEY, nullable=False),
        )
