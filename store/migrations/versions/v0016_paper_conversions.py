"""Conversions of electronic documents to paper."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String, inspect

revision = "0016"
down_revision = "0015"

_KEY = String().with_variant(String(collation="C"), "postgresql")
_TABLE = "store_document_conversions"


def upgrade() -> None:
    if inspect(op.get_bind()).has_table(_TABLE):  # present, and its step not recorded
        return
    op.create_table(
        _TABLE,
        Column("number", _KEY, primary_key=True),
        Column("document_id", _KEY, nullable=False),
        Column("version", Integer, nullable=False),
        Column("identity", _KEY, nullable=False),
        Column("digest", _KEY, nullable=False),
        Column("sheets", _KEY, nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("pages", Integer, nullable=False),
        Column("converted_at", _KEY, nullable=False),
        Column("agency", _KEY, nullable=False),
        Column("agency_name", String, nullable=False),
        Column("purpose", String, nullable=False),
        Column("client", String),
        Column("officer", String),
        Column("event_id", _KEY, nullable=False),
        Column("delivered", Integer, nullable=False),
    )
    op.create_index("store_document_conversions_by_document", _TABLE, ["document_id", "converted_at"])
    op.create_index("store_document_conversions_by_owner", _TABLE, ["identity", "converted_at"])
    op.create_index("store_document_conversions_by_body", _TABLE, ["sheets"])
