"""The tables of the status board, as the code sees them. The migrations create them.

They are small, their rows change, and nothing that counts depends on them. Instants are ISO 8601 text in UTC.
"""

from sqlalchemy import BigInteger, Column, Float, Integer, PrimaryKeyConstraint, Table, Text

from lienthong.adapters.sql.schema import metadata

source_status = Table(
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

stage_status = Table(
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
    Column("resumed_by", Text, nullable=False, server_default=""),  # an operator asked the process to resume the stage
    PrimaryKeyConstraint("stage", "process"),
)

process_status = Table(
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

stage_times = Table(
    "stage_times",
    metadata,
    Column("kind", Text, nullable=False),  # see `lienthong.ports.status.TimeKind`
    Column("stage", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("bundles", BigInteger, nullable=False),
    Column("seconds", Float(53), nullable=False),
    PrimaryKeyConstraint("kind", "stage", "source"),
)
