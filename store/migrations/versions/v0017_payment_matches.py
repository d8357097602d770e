"""What payments were matched to."""

from alembic import op
from sqlalchemy import Column, String, Text, inspect, text

revision = "0017"
down_revision = "0016"

_KEY = String().with_variant(String(collation="C"), "postgresql")
_TABLE = "store_payment_matches"


def upgrade() -> None:
    if inspect(op.get_bind()).has_table(_TABLE):  # present, and its step not recorded
        return
    op.create_table(
        _TABLE,
        Column("transaction_id", _KEY, primary_key=True),
        Column("compact", _KEY, nullable=False),
        Column("dossier", _KEY),
        Column("announced", Text),
    )
    op.create_index("store_payment_matches_by_compact", _TABLE, ["compact"])
    op.create_index("store_payment_matches_by_dossier", _TABLE, ["dossier"])
    # Payments that came before are matched when the next event of their dossier comes.
    op.execute(
        text(
            "INSERT INTO store_payment_matches (transaction_id, compact) "
            "SELECT transaction_id, replace(replace(upper(dossier), '.', ''), '-', '') FROM store_payments "
            "WHERE dossier IS NOT NULL"
        )
    )
