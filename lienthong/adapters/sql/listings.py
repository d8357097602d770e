"""The latest versions of the records of a source."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.key_queries import select_by_keys
from lienthong.adapters.sql.schema import bodies
from lienthong.data.event_ids import ABSENT
from lienthong.envelope import Envelope
from lienthong.ledger.records import VersionKey

_SELECT_BODIES = select(bodies)
_ABSENT = f'"{ABSENT}":true'.encode()


def received(connection: Connection, event_ids: Sequence[str]) -> Sequence[Envelope]:
    """These events as they were received."""
    found = select_by_keys(connection, _SELECT_BODIES, (bodies.c.event_id,), event_ids)
    return [rows.received_envelope(row) for row in found]


def present_records(connection: Connection, source: str) -> Iterator[VersionKey]:
    """The records with a key whose latest version is not marked as absent."""
    of_source = (bodies.c.source == source) & (bodies.c.subject != "")
    by_record = func.row_number().over(partition_by=(bodies.c.type, bodies.c.subject), order_by=bodies.c.number.desc())
    place = by_record.label("place")
    latest = select(bodies.c.type, bodies.c.subject, bodies.c.body, place).where(of_source).subquery()
    for row in connection.execute(select(latest).where(latest.c.place == 1)):
        if _ABSENT not in row.body:
            yield row.type, row.subject


def last_two_versions(connection: Connection, event_id: str) -> tuple[Envelope | None, Envelope] | None:
    """The version of its record that was received before this event, and the event, both as received."""
    event = connection.execute(select(bodies).where(bodies.c.event_id == event_id)).first()
    if event is None:
        return None
    this = rows.received_envelope(event)
    if not event.subject:
        return None, this
    # As in `latest_version`, no index of sources.
    of_record = (bodies.c.source.concat("") == event.source) & (bodies.c.subject == event.subject)
    earlier = of_record & (bodies.c.type == event.type) & (bodies.c.number < event.number)
    before = connection.execute(select(bodies).where(earlier).order_by(bodies.c.number.desc()).limit(1)).first()
    return (None if before is None else rows.received_envelope(before)), this


def latest_version(connection: Connection, source: str, key: VersionKey) -> Envelope | None:
    """The latest version of a record."""
    kind, subject = key
    # An index of sources would lead to all events of a source, so the condition is written as one that no index fits.
    of_record = (bodies.c.source.concat("") == source) & (bodies.c.type == kind) & (bodies.c.subject == subject)
    latest_first = select(bodies).where(of_record).order_by(bodies.c.number.desc())
    row: Row[Any] | None = connection.execute(latest_first.limit(1)).first()
    return None if row is None else rows.received_envelope(row)
