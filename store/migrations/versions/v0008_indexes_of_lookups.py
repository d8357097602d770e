"""Indexes for the lookup of questions by code, and for noting and forgetting wrong codes."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("store_questions_by_code", "store_questions", ["code"], if_not_exists=True)
    op.create_index("store_wrong_codes_by_event", "store_wrong_codes", ["event_id"], if_not_exists=True)
    op.create_index("store_wrong_codes_by_moment", "store_wrong_codes", ["at"], if_not_exists=True)
