"""The table of reclassifications: how agencies corrected what documents are; see `store.documents.tables`."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from store.documents.tables import written_columns
from store.metadata import Key, metadata

reclassifications = Table(
    "store_document_reclassifications",
    metadata,
    Column("event_id", Key, primary_key=True),
    Column("document_id", Key, nullable=False),
    Column("identity", Key, nullable=False),
    Column("reclassified_at", Key, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("client", String),
    Column("officer", String),
    Column("delivered", Integer, nullable=False),
    *written_columns(),
    Index("store_document_reclassifications_by_document", "document_id", "reclassified_at"),
    Index("store_document_reclassifications_by_owner", "identity"),
)
"""How agencies corrected what documents are: `before` and `after` as JSON, `kind, document_type, result_code, agency,
dossier`, and of the newest version `issued_on, valid_until`. Rows are added."""
