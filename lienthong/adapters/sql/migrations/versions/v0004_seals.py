"""A dead entry seals its letter: nothing of it may change unseen, not even what only the letter holds."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("ledger_entries", Column("seal", Text, nullable=False, server_default=""))
