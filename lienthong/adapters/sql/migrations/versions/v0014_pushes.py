"""Tables for the replies that are kept for those who repeat a push, and for what operators see of the pushes."""

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text

revision = "0014"
down_revision = "0013"

metadata = MetaData()
"""As this step leaves them, and never changed afterwards. Today's are in `lienthong.adapters.sql.push_tables`."""

Table(
    "push_replies",
    metadata,
    Column("inbox", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("push_key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Text, nullable=False, index=True),
    PrimaryKeyConstraint("inbox", "client", "push_key"),
)
Table(
    "push_notes",
    metadata,
    Column("inbox", Text, primary_key=True),
    Column("pushes", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("pushed_at", Text),
    Column("new_at", Text),
    Column("refused_at", Text),
    Column("refusal", Text, nullable=False),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
