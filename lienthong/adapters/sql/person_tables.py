"""The tables of persons, their sessions, and failed log-ins. The migrations create them.

The ledger has the acts on persons (source `access.persons`); these tables hold what is true now.
Instants are ISO 8601 text in UTC. No password and no secret of a session is stored.
"""

from sqlalchemy import Column, Integer, Table, Text

from lienthong.adapters.sql.schema import metadata

persons = Table(
    "access_persons",
    metadata,
    Column("login", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),  # one a line
    Column("password", Text, nullable=False),  # argon2id with its parameters
    Column("created_at", Text, nullable=False),
    Column("disabled_at", Text),
)

sessions = Table(
    "access_sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("login", Text, nullable=False, index=True),
    Column("created_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
)

failed_log_ins = Table(
    "access_failed_log_ins",
    metadata,
    Column("key", Text, primary_key=True),  # a digest of what was typed as the login, or of the address
    Column("failures", Integer, nullable=False),
    Column("last_at", Text, nullable=False),
)
