"""Tables for the clients that call over HTTP, and the digests of their keys."""

from alembic import op
from sqlalchemy import Column, Index, Integer, MetaData, Table, Text

revision = "0013"
down_revision = "0012"

metadata = MetaData()
"""As this step leaves them, and never changed afterwards. Today's are in `lienthong.adapters.sql.client_tables`."""

Table(
    "access_clients",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("rate_calls", Integer, nullable=False),
    Column("rate_seconds", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text),
)
Table(
    "access_keys",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("client", Text, nullable=False, index=True),
    Column("key_begin", Text, nullable=False),
    Column("key_end", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text),
    Column("last_used_at", Text),
    Index("access_keys_begin", "key_begin"),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
