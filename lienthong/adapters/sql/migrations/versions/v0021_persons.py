"""Tables for the persons who open the console, their sessions, and log-ins that failed."""

from alembic import op
from sqlalchemy import Column, Integer, MetaData, Table, Text

revision = "0021"
down_revision = "0020"

metadata = MetaData()
"""As this step leaves them, and never changed afterwards. Today's are in `lienthong.adapters.sql.person_tables`."""

Table(
    "access_persons",
    metadata,
    Column("login", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("disabled_at", Text),
)
Table(
    "access_sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("login", Text, nullable=False, index=True),
    Column("created_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
)
Table(
    "access_failed_log_ins",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Text, nullable=False),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
