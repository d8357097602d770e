"""A table for the identity of the ledger. Its one row is made when the ledger is first opened to write."""

from alembic import op
from sqlalchemy import Column, Integer, MetaData, Table, Text

revision = "0007"
down_revision = "0006"

metadata = MetaData()
"""As this step leaves it, and never changed afterwards. Today's is in `lienthong.adapters.sql.identity`."""

Table(
    "ledger_identity",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("world", Text, nullable=False, server_default=""),
    Column("created_at", Text, nullable=False),
    Column("restored_at", Text),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
