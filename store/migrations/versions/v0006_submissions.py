"""Dossiers filed online, payments, and the look-ups of wrong codes."""

from collections.abc import Callable

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String, Text, inspect

revision = "0006"
down_revision = "0005"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    present = inspect(op.get_bind())
    for name, make in _TABLES.items():
        if not present.has_table(name):  # present, and its step not recorded
            make()


def _make_submissions() -> None:
    op.create_table(
        "store_submissions",
        Column("code", _KEY, primary_key=True),
        Column("event_id", _KEY, primary_key=True),
        Column("received_at", _KEY, nullable=False),
        Column("submitted_at", _KEY),
        Column("procedure", String),
        Column("outcome", String, nullable=False),
        Column("event", Text, nullable=False),
    )


def _make_payments() -> None:
    op.create_table(
        "store_payments",
        Column("transaction_id", _KEY, primary_key=True),
        Column("event_id", _KEY, nullable=False),
        Column("observed_at", _KEY, nullable=False),
        Column("dossier", _KEY),
        Column("amount", BigInteger),
        Column("currency", String),
        Column("paid", Integer, nullable=False),
        Column("error", String),
        Column("bank", String),
        Column("reference", String),
        Column("paid_at", _KEY, nullable=False),
        Column("quality", String, nullable=False),
    )
    op.create_index("store_payments_by_dossier", "store_payments", ["dossier"])


def _make_wrong_codes() -> None:
    op.create_table(
        "store_wrong_codes",
        Column("client", _KEY, primary_key=True),
        Column("at", _KEY, primary_key=True),
        Column("event_id", _KEY, primary_key=True),
    )


_TABLES: dict[str, Callable[[], None]] = {
    "store_submissions": _make_submissions,
    "store_payments": _make_payments,
    "store_wrong_codes": _make_wrong_codes,
}
