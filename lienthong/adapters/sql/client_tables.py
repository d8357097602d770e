"""The tables of clients and their keys, as the code sees them. The migrations create them.

The ledger has the acts on them (source `access.clients`); these tables hold what is true now.
Instants are ISO 8601 text in UTC. No key is stored, only its SHA-256.
"""

from sqlalchemy import Column, Index, Integer, Table, Text

from lienthong.adapters.sql.schema import metadata

clients = Table(
    "access_clients",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # one a line
    Column("rate_calls", Integer, nullable=False),
    Column("rate_seconds", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text),
)

client_keys = Table(
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
