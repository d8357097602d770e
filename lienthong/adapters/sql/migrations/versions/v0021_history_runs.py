"""A table of the runs that replay the history of a source."""

from alembic import op
from sqlalchemy import Column, Integer, MetaData, Table, Text

revision = "0021"
down_revision = "0020"

metadata = MetaData()
"""As this step leaves it, and never changed afterwards. Today's is in `lienthong.adapters.sql.history_table`."""

Table(
    "ledger_history_runs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("end", Text, nullable=False),
    Column("last", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("began_at", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("tally", Text, nullable=False),
    Column("ended_at", Text),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
