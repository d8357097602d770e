"""The tables of agencies and units, and of the portal's accounts."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from store.metadata import Key, metadata

units = Table(
    "store_units",
    metadata,
    Column("code", Key, primary_key=True),
    Column("starts_on", Key, primary_key=True),
    Column("name", String),
    Column("level", String),
    Column("parent", Key),
    Column("codes", Text, nullable=False),
    Column("ends_on", Key),
    Column("successors", Text, nullable=False),
    Column("email", String),
    Column("calendar", String),
    Column("receives", Integer, nullable=False),
    Column("quality", String, nullable=False),
    Column("observed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
)
"""The newest version of each unit (đơn vị) for each day from which it has one: `[starts_on, ends_on)`.

`codes` is a JSON object, `successors` a JSON list of codes; `receives` is 1 or 0."""

portal_accounts = Table(
    "store_portal_accounts",
    metadata,
    Column("account", Key, primary_key=True),
    Column("opened_at", Key, nullable=False),
    Column("assisted_by", Key),
    Column("quality", String, nullable=False),
    Column("observed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Index("store_portal_accounts_by_opening", "opened_at", "assisted_by"),
)
"""Accounts of the provincial portal, as last seen. `assisted_by` is the body that helped to open it, or null."""
