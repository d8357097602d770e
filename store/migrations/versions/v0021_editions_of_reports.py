"""Editions of reports: what was drafted, who approved it, and the messages that were sent."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text, inspect

revision = "0021"
down_revision = "0020"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    if "store_report_editions" in inspect(op.get_bind()).get_table_names():
        return  # present where its step was not recorded
    op.create_table(
        "store_report_editions",
        Column("edition_id", _KEY, primary_key=True),
        Column("report", _KEY, nullable=False),
        Column("period", _KEY, nullable=False),
        Column("edition", Integer, nullable=False),
        Column("state", _KEY, nullable=False),
        Column("why", String, nullable=False),
        Column("due_at", _KEY),
        Column("title", String, nullable=False),
        Column("digest", _KEY),
        Column("figures_digest", _KEY),
        Column("heads", Text, nullable=False),
        Column("drafted_at", _KEY),
        Column("drafted_by", String, nullable=False),
        Column("approved_at", _KEY),
        Column("number", String, nullable=False),
        Column("sent_at", _KEY),
        Column("received_at", _KEY),
    )
    op.create_index("store_report_editions_by_period", "store_report_editions", ["period", "report"])
    op.create_table(
        "store_report_acts",
        Column("edition_id", _KEY, primary_key=True),
        Column("act", Integer, primary_key=True),
        Column("kind", _KEY, nullable=False),
        Column("who", String, nullable=False),
        Column("at", _KEY, nullable=False),
        Column("why", String, nullable=False),
        Column("digest", _KEY),
    )
    op.create_index("store_report_acts_by_digest", "store_report_acts", ["digest"])
    op.create_table(
        "store_report_sendings",
        Column("edition_id", _KEY, primary_key=True),
        Column("channel", _KEY, primary_key=True),
        Column("unit", _KEY, primary_key=True),
        Column("recipient", _KEY, primary_key=True),
        Column("message_id", _KEY, nullable=False),
        Column("state", _KEY, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("began_at", _KEY, nullable=False),
        Column("answered_at", _KEY),
        Column("code", String),
        Column("why", String, nullable=False),
        Column("files", Text, nullable=False),
        Column("received_at", _KEY),
    )
