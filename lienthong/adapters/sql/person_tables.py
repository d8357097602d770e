"""The tables of persons, of their sessions, and of what they looked at and did. The migrations create them.

Instants are ISO 8601 text in UTC, always with microseconds: they are compared as text.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from lienthong.adapters.sql.schema import metadata

_Number = BigInteger().with_variant(Integer, "sqlite")

persons = Table(
    "access_persons",
    metadata,
    Column("login", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded_name", Text, nullable=False, unique=True),
    Column("roles", Text, nullable=False),  # one a line
    Column("accounts", Text, nullable=False),  # one a line
    Column("password", Text, nullable=False),  # argon2id with salt and parameters
    Column("created_at", Text, nullable=False),
    Column("disabled_at", Text),
)

sessions = Table(
    "access_sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("login", Text, nullable=False, index=True),
    Column("began_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False, index=True),
)

reveals = Table(
    "access_reveals",
    metadata,
    Column("login", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("field", Text, nullable=False),  # a JSON pointer
    Column("until", Text, nullable=False, index=True),
    PrimaryKeyConstraint("login", "event_id", "field"),
)

forms = Table(
    "access_forms",
    metadata,
    Column("number", Text, primary_key=True),  # of the form and of the session that sent it, as a digest
    Column("at", Text, nullable=False, index=True),
    Column("location", Text),  # where the browser was sent after it; NULL while it is carried out
)

acts = Table(
    "access_acts",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False, index=True),
    Column("person", Text, nullable=False),  # as the ledger names who acted
    Column("login", Text, nullable=False),  # of the person, or the account of the machine, folded
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("event_id", Text, nullable=False),  # the entry of the ledger is of this event, stage and turn
    Column("stage", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Index("access_acts_login", "login", "number"),
    Index("access_acts_kind", "kind", "number"),
    sqlite_autoincrement=True,
)
