"""The catalogue of procedures: their versions by the day from which they hold."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text, inspect

revision = "0004"
down_revision = "0003"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    if inspect(op.get_bind()).has_table("store_procedures"):
        return  # made, and its step not recorded
    op.create_table(
        "store_procedures",
        Column("code", _KEY, primary_key=True),
        Column("effective_from", _KEY, primary_key=True),
        Column("name", String),
        Column("field", String),
        Column("online_level", String, nullable=False),
        Column("authentication_level", Integer),
        Column("components", Text, nullable=False),
        Column("results", Text, nullable=False),
        Column("quality", String, nullable=False),
        Column("observed_at", _KEY, nullable=False),
        Column("event_id", _KEY, nullable=False),
    )
