"""Sums of the ledger are kept, with marks of the chains. Blocks name the moments of their entries, letters their cause.

Letters of earlier versions get their cause when the bus works on this ledger. Until then it is computed at each look.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, MetaData, PrimaryKeyConstraint, Table, Text, text

revision = "0012"
down_revision = "0011"

metadata = MetaData()
"""As this step leaves them, and never changed afterwards. Today's are in `lienthong.adapters.sql.sum_tables`."""

_KEY = Text().with_variant(Text(collation="C"), "postgresql")

Table(
    "ledger_sums",
    metadata,
    Column("kind", _KEY, nullable=False),
    Column("source", _KEY, nullable=False),
    Column("day", _KEY, nullable=False),
    Column("name", _KEY, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("since", _KEY, nullable=False, server_default=""),
    PrimaryKeyConstraint("kind", "source", "day", "name"),
)
Table(
    "ledger_marks",
    metadata,
    Column("purpose", _KEY, nullable=False),
    Column("name", _KEY, nullable=False),
    Column("number", Integer, nullable=False),
    Column("hash", _KEY, nullable=False),
    Column("at", _KEY, nullable=False),
    PrimaryKeyConstraint("purpose", "name"),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    for name in ("oldest", "newest"):
        op.add_column("ledger_blocks", Column(name, _KEY, nullable=True))
    for name in ("source", "cause"):
        op.add_column("dead_letters", Column(name, _KEY, nullable=False, server_default=""))
    op.execute(
        text(
            "UPDATE dead_letters SET source = coalesce((SELECT min(source) FROM ledger_bodies"
            " WHERE ledger_bodies.event_id = dead_letters.event_id), '')"
        )
    )
    op.execute(text("DROP INDEX IF EXISTS ix_dead_letters_state"))
    op.create_index("dead_letters_pages", "dead_letters", ["state", "number"])
    op.create_index("dead_letters_causes", "dead_letters", ["state", "cause", "source", "died_at", "number"])
    op.execute(text("CREATE INDEX ledger_entries_later ON ledger_entries (stage, day) WHERE verdict = 'later'"))
