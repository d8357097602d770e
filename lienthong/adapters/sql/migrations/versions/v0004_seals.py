"""A dead entry contains a hash of its letter, so that `verify` finds a letter that was changed."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("ledger_entries", Column("seal", Text, nullable=False, server_default=""))
