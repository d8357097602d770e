"""The tokens of gateways, which are renewed by use."""

from alembic import op
from sqlalchemy import Column, String, inspect

revision = "0012"
down_revision = "0011"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    if inspect(op.get_bind()).has_table("store_gateway_tokens"):
        return  # present, and its step not recorded
    op.create_table(
        "store_gateway_tokens",
        Column("gateway", _KEY, primary_key=True),
        Column("seed", _KEY, primary_key=True),
        Column("access_token", String),
        Column("refresh_token", String),
        Column("expires_at", _KEY),
        Column("refreshing_since", _KEY),
        Column("refused_at", _KEY),
        Column("refusal", String),
    )
