"""The table of look-ups of codes that are none; see `store.tables`."""

from sqlalchemy import Column, Index, Table

from store.metadata import Key, metadata

wrong_codes = Table(
    "store_wrong_codes",
    metadata,
    Column("client", Key, primary_key=True),
    Column("at", Key, primary_key=True),
    Column("event_id", Key, primary_key=True),
    Index("store_wrong_codes_by_event", "event_id"),
    Index("store_wrong_codes_by_moment", "at"),
)
"""The look-ups of a code that is none, by client, of the last days: a client that guesses codes is stopped."""
