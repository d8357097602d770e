"""Which event wrote a row of a document last: what its seal is found by. Rows from before have none."""

from alembic import op
from sqlalchemy import Column, Integer, String, inspect

revision = "0019"
down_revision = "0018"

_KEY = String().with_variant(String(collation="C"), "postgresql")
_TABLES = (
    *("store_documents", "store_document_versions", "store_document_verdicts", "store_document_reuses"),
    *("store_national_findings", "store_document_disputes", "store_document_matches", "store_document_accesses"),
    *("store_document_notices", "store_document_conversions"),
)


def upgrade() -> None:
    present = inspect(op.get_bind())
    for table in _TABLES:
        if "writes" not in {column["name"] for column in present.get_columns(table)}:
            op.add_column(table, Column("written_by", _KEY))
            op.add_column(table, Column("written_at", _KEY))
            op.add_column(table, Column("writes", Integer, nullable=False, server_default="0"))
    if "store_national_findings_by_owner" not in {
        one["name"] for one in present.get_indexes("store_national_findings")
    }:
        op.create_index("store_national_findings_by_owner", "store_national_findings", ["identity"])
