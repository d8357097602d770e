"""How agencies corrected what documents are."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text, inspect

revision = "0022"
down_revision = "0021"

_KEY = String().with_variant(String(collation="C"), "postgresql")
_TABLE = "store_document_reclassifications"


def upgrade() -> None:
    if inspect(op.get_bind()).has_table(_TABLE):  # present, and its step not recorded
        return
    op.create_table(
        _TABLE,
        Column("event_id", _KEY, primary_key=True),
        Column("document_id", _KEY, nullable=False),
        Column("identity", _KEY, nullable=False),
        Column("reclassified_at", _KEY, nullable=False),
        Column("before", Text, nullable=False),
        Column("after", Text, nullable=False),
        Column("explanation", Text, nullable=False),
        Column("client", String),
        Column("officer", String),
        Column("delivered", Integer, nullable=False),
        Column("written_by", _KEY),
        Column("written_at", _KEY),
        Column("writes", Integer, nullable=False, server_default="0"),
    )
    op.create_index(f"{_TABLE}_by_document", _TABLE, ["document_id", "reclassified_at"])
    op.create_index(f"{_TABLE}_by_owner", _TABLE, ["identity"])
