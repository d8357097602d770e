"""The index of bodies by subject is also in the order of their numbers, so that the latest version is found at once."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_index("ix_ledger_bodies_subject", "ledger_bodies")
    op.create_index("ledger_bodies_versions", "ledger_bodies", ["subject", "number"])
