"""Tables for persons, their sessions, what was revealed to them, and the log of what they looked at and did."""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text

revision = "0022"
down_revision = "0021"

metadata = MetaData()
"""As this step leaves them, and never changed afterwards. Today's are in `lienthong.adapters.sql.person_tables`."""

_Number = BigInteger().with_variant(Integer, "sqlite")
_Bytes = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared by its bytes."""

Table(
    "access_persons",
    metadata,
    Column("login", _Bytes, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded_name", _Bytes, nullable=False, unique=True),
    Column("roles", Text, nullable=False),
    Column("accounts", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("created_at", _Bytes, nullable=False),
    Column("disabled_at", _Bytes),
)
Table(
    "access_sessions",
    metadata,
    Column("digest", _Bytes, primary_key=True),
    Column("login", _Bytes, nullable=False, index=True),
    Column("began_at", _Bytes, nullable=False),
    Column("seen_at", _Bytes, nullable=False, index=True),
)
Table(
    "access_reveals",
    metadata,
    Column("login", _Bytes, nullable=False),
    Column("event_id", _Bytes, nullable=False),
    Column("field", _Bytes, nullable=False),
    Column("until", _Bytes, nullable=False, index=True),
    PrimaryKeyConstraint("login", "event_id", "field"),
)
Table(
    "access_forms",
    metadata,
    Column("number", _Bytes, primary_key=True),
    Column("at", _Bytes, nullable=False, index=True),
    Column("location", Text),
)
Table(
    "access_acts",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("at", _Bytes, nullable=False, index=True),
    Column("person", Text, nullable=False),
    Column("login", _Bytes, nullable=False),
    Column("kind", _Bytes, nullable=False),
    Column("subject", Text, nullable=False),
    Column("event_id", _Bytes, nullable=False),
    Column("stage", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Index("access_acts_login", "login", "number"),
    Index("access_acts_kind", "kind", "number"),
    sqlite_autoincrement=True,
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
