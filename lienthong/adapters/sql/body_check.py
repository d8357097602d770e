"""Verification of stored bodies: each is what was received, and each event that was received has one."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.predicates import of_body
from lienthong.adapters.sql.schema import bodies, entries
from lienthong.envelope import derive_id
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
    """An event's id is derived from its content, so the id of a changed body is another one."""
    for row in connection.execute(select(bodies)):
        try:
            digest = hashlib.sha256(rows.stored_json(row.body)).hexdigest()
        except ValueError:
            digest = ""
        if derive_id(row.source, row.subject, digest) != row.event_id:
            yield message("event {event_id}: its stored content is not what was received", event_id=row.event_id)
