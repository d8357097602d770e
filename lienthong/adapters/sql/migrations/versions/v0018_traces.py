"""Bodies keep the trace that their event came with, so that what leaves later carries it on."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    for name in ("traceparent", "tracestate"):
        op.add_column("ledger_bodies", Column(name, Text, nullable=True))
