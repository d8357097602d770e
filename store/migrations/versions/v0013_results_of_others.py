"""Which files the national store has listed to a client, and what separates results of one code in one dossier."""

from alembic import op
from sqlalchemy import Column, String, inspect

revision = "0013"
down_revision = "0012"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    present = inspect(op.get_bind())
    if "paper" not in {column["name"] for column in present.get_columns("store_documents")}:
        op.add_column("store_documents", Column("paper", _KEY))
        op.execute("UPDATE store_documents SET paper = '' WHERE origin = 'dossier-result'")
    if not present.has_table("store_national_findings"):  # present, and its step not recorded
        op.create_table(
            "store_national_findings",
            Column("client", _KEY, primary_key=True),
            Column("identity", _KEY, primary_key=True),
            Column("agency", _KEY, primary_key=True),
            Column("path", _KEY, primary_key=True),
            Column("result_code", _KEY, primary_key=True),
            Column("found_at", _KEY, nullable=False),
            Column("event_id", _KEY, nullable=False),
        )
