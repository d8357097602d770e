"""The ledger knows which sources were read once to their end. Those that it has a cursor of count as read."""

from alembic import op
from sqlalchemy import Column, Text, text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("ledger_cursors", Column("reading", Text, nullable=False, server_default=""))
    op.execute(text("UPDATE ledger_cursors SET reading = 'handled'"))
