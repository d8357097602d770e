"""The tables of alarms about synchronisation; see `store.tables`. Instants are those of `store.instants`."""

from sqlalchemy import Column, Index, Table, Text

from store.metadata import Key, metadata

touched = Table(
    "store_sync_touched",
    metadata,
    Column("event_id", Key, primary_key=True),
    Column("source", Key, nullable=False),
    Column("code", Key, nullable=False),
)
"""Versions of dossiers that were stored since the last look. Rows are only added and removed, so nothing waits here."""

awaited = Table(
    "store_sync_awaited",
    metadata,
    Column("source", Key, primary_key=True),
    Column("code", Key, primary_key=True),
    Column("waits_for", Key, nullable=False),
    Column("next_at", Key, nullable=False),
    Index("store_sync_awaited_by_next", "waits_for", "next_at"),
)
"""Dossiers of which a version is awaited: `waits_for` is the source that should show it, until `next_at`.

An empty `waits_for`: an alarm is open, and it is looked at again at `next_at`. A look locks the row
without source and code."""

alarms = Table(
    "store_sync_alarms",
    metadata,
    Column("alarm", Key, primary_key=True),
    Column("source", Key, nullable=False),
    Column("code", Key, nullable=False),
    Column("milestone", Key, nullable=False),
    Column("missing_in", Key, nullable=False),
    Column("due_at", Key, nullable=False),
    Column("announced_at", Key, nullable=False),
    Column("corrected_at", Key),
    Column("data", Text, nullable=False),
    Index("store_sync_alarms_by_dossier", "source", "code"),
    Index("store_sync_alarms_by_state", "corrected_at", "due_at"),
)
"""What was announced as missing: `data` is the JSON of `sync.missing.v1`. Open while `corrected_at` is null."""
