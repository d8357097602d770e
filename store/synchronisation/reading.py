"""Reading the alarms of synchronisation: of one dossier, and those that are open."""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, Row, and_, or_, select

from lienthong import MissingVersion
from store.instants import parse_instant, parse_optional
from store.synchronisation.tables import alarms

LISTED = 10_000
"""Open alarms that are listed at most."""


def alarms_of(connection: Connection, dossiers: Iterable[tuple[str, str]]) -> tuple[MissingVersion, ...]:
    """All alarms about dossiers, by source and code, in the order in which they were announced."""
    of_dossiers = [and_(alarms.c.source == source, alarms.c.code == code) for source, code in dossiers]
    if not of_dossiers:
        return ()
    query = select(alarms).where(or_(*of_dossiers)).order_by(alarms.c.announced_at, alarms.c.alarm)
    return tuple(map(_missing, connection.execute(query)))


def open_alarms(connection: Connection) -> tuple[MissingVersion, ...]:
    """The alarms that are open, those that are due longest first."""
    query = select(alarms).where(alarms.c.corrected_at.is_(None)).order_by(alarms.c.due_at, alarms.c.alarm)
    return tuple(map(_missing, connection.execute(query.limit(LISTED))))


def _missing(row: Row[Any]) -> MissingVersion:
    data = orjson.loads(row.data)
    return MissingVersion(
        alarm=row.alarm,
        key=row.code,
        milestone=row.milestone,
        known_in=data["known_in"],
        event=data["known_event"],
        missing_in=row.missing_in,
        since=parse_instant(data["since"]),
        due_at=parse_instant(row.due_at),
        announced_at=parse_instant(row.announced_at),
        corrected_at=parse_optional(row.corrected_at),
        claimants=tuple(data["claimants"]),
    )
