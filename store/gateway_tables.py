"""The table of the tokens of gateways, apart from what speaks to them: every process of the store knows the table."""

from sqlalchemy import Column, String, Table

from store.metadata import Key, metadata

gateway_tokens = Table(
    "store_gateway_tokens",
    metadata,
    Column("gateway", Key, primary_key=True),
    Column("seed", Key, primary_key=True),
    Column("access_token", String),
    Column("refresh_token", String),
    Column("expires_at", Key),
    Column("refreshing_since", Key),
    Column("refused_at", Key),
    Column("refusal", String),
)
"""`seed`: digest of the refresh token that an operator set. Tokens are encrypted; moments are UTC."""
