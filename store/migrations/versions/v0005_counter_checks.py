"""The checks at the counter, and what officers acknowledged of them."""

from alembic import op
from sqlalchemy import Column, Integer, String, inspect

revision = "0005"
down_revision = "0004"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    if not inspect(op.get_bind()).has_table("store_counter_checks"):  # made, and its step not recorded
        _make_checks()
    if not inspect(op.get_bind()).has_table("store_counter_acknowledgements"):
        _make_acknowledgements()


def _make_checks() -> None:
    op.create_table(
        "store_counter_checks",
        Column("event_id", _KEY, primary_key=True),
        Column("checked_at", _KEY, nullable=False),
        Column("asked_at", _KEY, nullable=False),
        Column("identity", _KEY),
        Column("procedure", String, nullable=False),
        Column("agency", String, nullable=False),
        Column("officer", String, nullable=False),
        Column("client", String),
        Column("civil_servant", Integer),
        Column("staff_kind", String),
        Column("staff_agency", String),
        Column("procedure_online", String, nullable=False),
        Column("portal_account", String, nullable=False),
        Column("notify", Integer, nullable=False),
        Column("data_as_of", _KEY),
    )
    op.create_index("store_counter_checks_by_moment", "store_counter_checks", ["checked_at"])


def _make_acknowledgements() -> None:
    op.create_table(
        "store_counter_acknowledgements",
        Column("event_id", _KEY, primary_key=True),
        Column("check_id", _KEY, nullable=False),
        Column("decision", String, nullable=False),
        Column("decided_at", _KEY, nullable=False),
        Column("client", String),
    )
    name = "store_counter_acknowledgements_by_check"
    op.create_index(name, "store_counter_acknowledgements", ["check_id", "decided_at"])
