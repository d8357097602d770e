"""What a project's lookups may ask the ledger: when sources were read, and whether an event was received."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select

from lienthong.adapters.sql.key_queries import format_keys, matches_any_key, with_any_key
from lienthong.adapters.sql.schema import bodies
from lienthong.adapters.sql.status_tables import source_status
from lienthong.envelope import parse_utc


def find_last_reads(connection: Connection, sources: Iterable[str]) -> Mapping[str, datetime]:
    """By source, when its last poll without an error ended (UTC). A source that was never read is absent.

    What a source shows at a poll is in the project's tables a moment later, when its events were delivered.
    """
    keys = format_keys(connection.dialect.name, sorted(set(sources)))
    rows = connection.execute(_last_reads(connection.dialect.name), {"sources": keys})
    return {row.source: parse_utc(row.success_at) for row in rows}


def find_received(connection: Connection, source: str, event_ids: Iterable[str]) -> frozenset[str]:
    """Those of the ids that events of `source` have which the ledger received."""
    keys = format_keys(connection.dialect.name, sorted(set(event_ids)))
    rows = connection.execute(_received(connection.dialect.name), {"event_ids": keys})
    return frozenset(row.event_id for row in rows if row.source == source)


@cache
def _last_reads(dialect: str) -> Select[Any]:
    of_sources = matches_any_key(dialect, source_status.c.source, "sources")
    was_read = source_status.c.success_at.is_not(None)
    return select(source_status.c.source, source_status.c.success_at).where(of_sources, was_read)


@cache
def _received(dialect: str) -> Select[Any]:
    return with_any_key(dialect, select(bodies.c.event_id, bodies.c.source), bodies.c.event_id, "event_ids")
