"""Blocks name where their entries are: a block about old events names each of them."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column(
        "ledger_blocks", Column("spans", Text().with_variant(Text(collation="C"), "postgresql"), nullable=True)
    )
