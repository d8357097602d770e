"""The bodies of files that were named, so that those that nothing names any more can be collected."""

from alembic import op
from sqlalchemy import BigInteger, Column, MetaData, Table, Text

revision = "0016"
down_revision = "0015"

metadata = MetaData()
"""As this step leaves them, and never changed afterwards. Today's are in `lienthong.adapters.sql.file_tables`."""

Table(
    "file_names",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("named_at", Text, nullable=False, index=True),
    Column("deleting_until", Text, nullable=False, server_default=""),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
