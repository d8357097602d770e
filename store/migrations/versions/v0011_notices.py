"""Notices: their states, the attempts to send them, how many each recipient had on a day, the newest fact of each."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String, Text, inspect

revision = "0011"
down_revision = "0010"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    present = inspect(op.get_bind())
    for name, make in _TABLES.items():
        if not present.has_table(name):  # present, and its step not recorded
            make()


def _make_notices() -> None:
    op.create_table(
        "store_notices",
        Column("notice_id", _KEY, primary_key=True),
        Column("fact", _KEY, nullable=False),
        Column("subject", _KEY, nullable=False),
        Column("happening", _KEY, nullable=False),
        Column("happened_at", _KEY, nullable=False),
        Column("seen_at", _KEY, nullable=False),
        Column("recipient", _KEY, nullable=False),
        Column("agency", _KEY),
        Column("template", _KEY, nullable=False),
        Column("state", _KEY, nullable=False),
        Column("why", String, nullable=False),
        Column("channel", _KEY, nullable=False),
        Column("channels", String, nullable=False),
        Column("attempt", Integer, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("asks", Integer, nullable=False),
        Column("due_at", _KEY),
        Column("sent_at", _KEY),
        Column("useful_until", _KEY, nullable=False),
        Column("created_at", _KEY, nullable=False),
        Column("changed_at", _KEY, nullable=False),
        Column("event_id", _KEY, nullable=False),
        Column("data", Text, nullable=False),
    )
    op.create_index("store_notices_by_due", "store_notices", ["state", "due_at"])
    op.create_index("store_notices_by_subject", "store_notices", ["subject", "state"])
    op.create_index("store_notices_by_fact", "store_notices", ["fact"])
    op.create_index("store_notices_by_change", "store_notices", ["changed_at"])


def _make_attempts() -> None:
    op.create_table(
        "store_notice_attempts",
        Column("notice_id", _KEY, primary_key=True),
        Column("attempt", Integer, primary_key=True),
        Column("channel", _KEY, nullable=False),
        Column("event_id", _KEY, nullable=False),
        Column("began_at", _KEY, nullable=False),
        Column("answered_at", _KEY),
        Column("verdict", _KEY),
        Column("code", String),
        Column("why", String),
        Column("gateway_id", _KEY),
        Column("cost", BigInteger),
        Column("parts", Integer),
        Column("not_before", _KEY),
    )
    op.create_index("store_notice_attempts_by_answer", "store_notice_attempts", ["answered_at"])
    op.create_index("store_notice_attempts_by_gateway", "store_notice_attempts", ["channel", "gateway_id"])


def _make_days() -> None:
    op.create_table(
        "store_notice_days",
        Column("recipient", _KEY, primary_key=True),
        Column("day", _KEY, primary_key=True),
        Column("count", Integer, nullable=False),
    )
    op.create_index("store_notice_days_by_day", "store_notice_days", ["day"])


def _make_subjects() -> None:
    op.create_table(
        "store_notice_subjects",
        Column("subject", _KEY, primary_key=True),
        Column("fact", _KEY, nullable=False),
        Column("happened_at", _KEY, nullable=False),
        Column("place", Integer, nullable=False),
    )


_TABLES = {
    "store_notices": _make_notices,
    "store_notice_attempts": _make_attempts,
    "store_notice_days": _make_days,
    "store_notice_subjects": _make_subjects,
}
