"""Deadlines of the regulations, and the facts that they are reckoned from."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text, inspect

revision = "0014"
down_revision = "0013"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    present = inspect(op.get_bind())
    for name, make in _TABLES.items():
        if not present.has_table(name):  # present, and its step not recorded
            make()


def _make_subjects() -> None:
    op.create_table(
        "store_deadline_subjects",
        Column("kind", _KEY, primary_key=True),
        Column("source", _KEY, primary_key=True),
        Column("key", _KEY, primary_key=True),
        Column("facts", Text, nullable=False),
    )


def _make_deadlines() -> None:
    op.create_table(
        "store_deadlines",
        Column("deadline_id", _KEY, primary_key=True),
        Column("kind", _KEY, nullable=False),
        Column("source", _KEY, nullable=False),
        Column("key", _KEY, nullable=False),
        Column("rule", _KEY, nullable=False),
        Column("name", String, nullable=False),
        Column("document", String, nullable=False),
        Column("article", String, nullable=False),
        Column("agency", _KEY),
        Column("agency_name", String),
        Column("officer", String),
        Column("state", _KEY, nullable=False),
        Column("started_at", _KEY, nullable=False),
        Column("due_at", _KEY),
        Column("risk_at", _KEY),
        Column("breach_at", _KEY),
        Column("ended_at", _KEY),
        Column("ended_by", _KEY),
        Column("elapsed_minutes", Integer, nullable=False),
        Column("allowed_minutes", Integer),
        Column("pauses", Text, nullable=False),
        Column("unannounced", String, nullable=False),
        Column("risk_announced", _KEY),
        Column("breach_announced", _KEY),
        Column("listed_at", _KEY, nullable=False),
        Column("next_at", _KEY),
        Column("reckoned_by", _KEY),
    )
    op.create_index("store_deadlines_by_subject", "store_deadlines", ["kind", "source", "key"])
    op.create_index("store_deadlines_by_next", "store_deadlines", ["next_at"])
    op.create_index("store_deadlines_by_reckoning", "store_deadlines", ["reckoned_by"])
    op.create_index("store_deadlines_by_state", "store_deadlines", ["state", "listed_at", "deadline_id"])
    op.create_index("store_deadlines_by_agency", "store_deadlines", ["agency", "listed_at", "deadline_id"])


def _make_announcements() -> None:
    op.create_table(
        "store_deadline_announcements",
        Column("event_id", _KEY, primary_key=True),
        Column("type", _KEY, nullable=False),
        Column("deadline_id", _KEY, nullable=False),
        Column("at", _KEY, nullable=False),
        Column("announced_at", _KEY, nullable=False),
    )
    by_deadline = ["deadline_id", "announced_at"]
    op.create_index("store_deadline_announcements_by_deadline", "store_deadline_announcements", by_deadline)


_TABLES = {
    "store_deadline_subjects": _make_subjects,
    "store_deadlines": _make_deadlines,
    "store_deadline_announcements": _make_announcements,
}
