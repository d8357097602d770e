"""Tables for jobs that persons begin, and for their notes on groups of dead letters."""

from alembic import op
from sqlalchemy import Column, Index, Integer, MetaData, Table, Text

revision = "0020"
down_revision = "0019"

metadata = MetaData()
"""As this step leaves them, and never changed afterwards. Today's are in `lienthong.adapters.sql.job_tables`."""

Table(
    "jobs",
    metadata,
    Column("job", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("asked_for", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("asked_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("result", Text, nullable=False, server_default="{}"),
    Column("why", Text, nullable=False, server_default=""),
    Column("stop_by", Text, nullable=False, server_default=""),
    Column("began_at", Text),
    Column("ended_at", Text),
    Column("seen_at", Text),
    Index("jobs_latest", "asked_at", "job"),
)
Table(
    "dead_letter_group_notes",
    metadata,
    Column("cause", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("known_until", Text),
    Column("noted_by", Text, nullable=False),
    Column("noted_at", Text, nullable=False),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
