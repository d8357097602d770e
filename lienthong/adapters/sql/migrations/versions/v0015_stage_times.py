"""How long stages take: sums of all processes."""

from alembic import op
from sqlalchemy import BigInteger, Column, Float, MetaData, PrimaryKeyConstraint, Table, Text

revision = "0015"
down_revision = "0014"

metadata = MetaData()
"""As this step leaves them, and never changed afterwards. Today's are in `lienthong.adapters.sql.status_tables`."""

Table(
    "stage_times",
    metadata,
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("bundles", BigInteger, nullable=False),
    Column("seconds", Float(53), nullable=False),
    PrimaryKeyConstraint("kind", "stage", "source"),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
