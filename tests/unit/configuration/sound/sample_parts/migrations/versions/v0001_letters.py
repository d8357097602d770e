"""A first step that changes nothing."""

revision = "0001"
down_revision = None


def upgrade() -> None: ...
