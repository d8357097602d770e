"""The table of numbers that sign-ins state; see `store.tables`."""

from sqlalchemy import Column, Index, Table

from store.metadata import Key, metadata

sign_in_numbers = Table(
    "store_sign_in_numbers",
    metadata,
    Column("identity", Key, primary_key=True),
    Column("old_identity", Key, nullable=False),
    Column("observed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Index("store_sign_in_numbers_by_old_identity", "old_identity"),
)
"""The old number (CMND) that a citizen's latest sign-in with both numbers states, by the 12 digits of the new one."""
