"""Questions with their answers, and petitions."""

from alembic import op
from sqlalchemy import Column, Index, MetaData, String, Table, Text

revision = "0007"
down_revision = "0006"

metadata = MetaData()
"""The tables as this step leaves them, and never changed afterwards. Today's tables are in `store.tables`."""

_KEY = String().with_variant(String(collation="C"), "postgresql")

Table(
    "store_questions",
    metadata,
    Column("source", _KEY, primary_key=True),
    Column("code", _KEY, primary_key=True),
    Column("procedure", String),
    Column("field", String),
    Column("addressed_to", String),
    Column("agency", _KEY),
    Column("routed_by", String),
    Column("state", _KEY, nullable=False),
    Column("text", Text, nullable=False),
    Column("quality", String, nullable=False),
    Column("observed_at", _KEY, nullable=False),
    Column("event_id", _KEY, nullable=False),
    Index("store_questions_by_agency", "agency", "state"),
)
Table(
    "store_question_answers",
    metadata,
    Column("question", _KEY, primary_key=True),
    Column("text", Text, nullable=False),
    Column("answered_by", String, nullable=False),
    Column("position", String),
    Column("answered_at", _KEY, nullable=False),
    Column("client", String),
    Column("observed_at", _KEY, nullable=False),
    Column("event_id", _KEY, nullable=False),
)
Table(
    "store_petitions",
    metadata,
    Column("source", _KEY, primary_key=True),
    Column("code", _KEY, primary_key=True),
    Column("kind", String),
    Column("procedure", String),
    Column("field", String),
    Column("addressed_to", String),
    Column("agency", _KEY),
    Column("routed_by", String),
    Column("received_at", _KEY),
    Column("refused_at", _KEY),
    Column("supplement_requested_at", _KEY),
    Column("supplemented_at", _KEY),
    Column("answered_at", _KEY),
    Column("published_at", _KEY),
    Column("quality", String, nullable=False),
    Column("observed_at", _KEY, nullable=False),
    Column("event_id", _KEY, nullable=False),
    Index("store_petitions_by_receipt", "received_at"),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
