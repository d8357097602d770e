"""A table for which owners of subscriptions were informed of which outage."""

from alembic import op
from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, Table, Text

revision = "0023"
down_revision = "0022"

metadata = MetaData()
"""As this step leaves it, and never changed afterwards. Today's: `lienthong.adapters.sql.announcement_tables`."""

_Bytes = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared by its bytes."""

Table(
    "subscription_notices",
    metadata,
    Column("subscription", _Bytes, nullable=False),
    Column("kind", _Bytes, nullable=False),
    Column("since", _Bytes, nullable=False),
    Column("at", _Bytes, nullable=False),
    Column("why", Text, nullable=False),
    PrimaryKeyConstraint("subscription", "kind", "since"),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
