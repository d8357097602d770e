"""Tables for what processes tell of themselves: the polls of sources, the condition of stages, the processes."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, MetaData, PrimaryKeyConstraint, Table, Text

revision = "0008"
down_revision = "0007"

metadata = MetaData()
"""As this step leaves them, and never changed afterwards. Today's are in `lienthong.adapters.sql.status_tables`."""

Table(
    "source_status",
    metadata,
    Column("source", Text, primary_key=True),
    Column("running_since", Text),
    Column("progress_at", Text),
    Column("began_at", Text),
    Column("ended_at", Text),
    Column("first_at", Text),
    Column("success_at", Text),
    Column("new_at", Text),
    Column("trouble", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("trouble_since", Text),
    Column("next_at", Text),
    Column("shown", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("shown_total", BigInteger, nullable=False),
    Column("new_total", BigInteger, nullable=False),
    Column("process", Text, nullable=False),
)
Table(
    "stage_status",
    metadata,
    Column("stage", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("down_since", Text),
    Column("down_why", Text, nullable=False),
    Column("probe_at", Text),
    Column("halted_since", Text),
    Column("halted_why", Text, nullable=False),
    Column("waiting_why", Text, nullable=False),
    Column("next_try_at", Text),
    Column("resumed_by", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("stage", "process"),
)
Table(
    "process_status",
    metadata,
    Column("process", Text, primary_key=True),
    Column("pid", Integer, nullable=False),
    Column("host", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("began_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Column("ended_at", Text),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
