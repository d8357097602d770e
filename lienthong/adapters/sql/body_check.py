"""Verification of stored bodies: each is what was received, and each event that was received has one."""

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, func, select

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.predicates import is_drawn, of_body
from lienthong.adapters.sql.schema import bodies, entries
from lienthong.data.event_ids import derive_id, is_return
from lienthong.data.event_ids import is_drawn as is_drawn_id
from lienthong.messages import message


def verify(connection: Connection) -> Iterator[str]:
    """Every body that was changed, added, lost or doubled."""
    yield from _verify_ids(connection)
    receipt = of_body & (entries.c.verdict == "received")
    is_same = (bodies.c.type == entries.c.reason) & (bodies.c.day == entries.c.day)
    different = select(bodies.c.event_id).join(entries, receipt).where(~is_same)
    for event_id in connection.scalars(different):
        yield message("event {event_id}: type or day of its stored content differ from the ledger", event_id=event_id)
    without_entry = select(bodies.c.event_id).where(~select(entries.c.event_id).where(receipt).exists())
    for event_id in connection.scalars(without_entry):
        yield message(
            "event {event_id}: its content is stored, but the ledger has it as received at another moment, or never",
            event_id=event_id,
        )
    has_body = select(bodies.c.event_id).where(bodies.c.event_id == entries.c.event_id).exists()
    without_body = select(entries.c.event_id).where(entries.c.verdict == "received", ~has_body)
    for event_id in connection.scalars(without_body):
        yield message(
            "event {event_id}: the ledger has it as received, but its stored content is lost", event_id=event_id
        )
    twice = select(bodies.c.event_id).group_by(bodies.c.event_id).having(func.count() > 1)
    for event_id in connection.scalars(twice):
        yield message("event {event_id}: its content is stored twice", event_id=event_id)


def _verify_ids(connection: Connection) -> Iterator[str]:
    """An event's id is derived from its content, so the id of a changed body is another one.

    Where the id was drawn, the entry of its receipt has the digest.
    """
    derived = select(bodies).where(~is_drawn(bodies.c.event_id))
    drawn = select(bodies, entries.c.seal).join(entries, of_body & (entries.c.verdict == "received"))
    for rows_of in (derived, drawn.where(is_drawn(bodies.c.event_id))):
        for row in connection.execute(rows_of):
            if not is_as_received(connection, row):
                yield message("event {event_id}: its stored content is not what was received", event_id=row.event_id)


def is_as_received(connection: Connection, row: Row[Any]) -> bool:
    """Whether the row of a body has the content that its id is derived from.

    Where the id was drawn, the row has the `seal` of its receipt, too.
    """
    try:
        digest = hashlib.sha256(rows.stored_json(row.body)).hexdigest()
    except ValueError:
        return False
    if is_drawn_id(row.event_id):
        return digest == str(row.seal)
    after = _previous_id(connection, row) if is_return(row.event_id) else ""
    return derive_id(row.source, row.subject, digest, after=after) == str(row.event_id)


def _previous_id(connection: Connection, of: Row[Any]) -> str:
    """The id of the version before one that returned to an earlier content: its own id is derived from it, too."""
    earlier = (bodies.c.subject == of.subject) & (bodies.c.number < of.number)
    of_record = (bodies.c.source.concat("") == of.source) & (bodies.c.type == of.type)
    latest_first = select(bodies.c.event_id).where(earlier, of_record).order_by(bodies.c.number.desc())
    return connection.scalar(latest_first.limit(1)) or ""
