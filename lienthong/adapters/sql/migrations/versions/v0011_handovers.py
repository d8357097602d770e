"""A table of the moments at which open events were published again."""

from alembic import op
from sqlalchemy import Column, Integer, MetaData, Table, Text

revision = "0011"
down_revision = "0010"

metadata = MetaData()
"""As this step leaves it, and never changed afterwards. Today's is in `lienthong.adapters.sql.handovers`."""

Table(
    "ledger_handovers",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False, index=True),
    Column("stage", Text, nullable=False),
    Column("events", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("who", Text, nullable=False),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
