"""Verification of edits: each is what the ledger has as proposed and approved."""

import hashlib
import zlib
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, func, select

from lienthong.adapters.sql.letter_tables import edits
from lienthong.adapters.sql.predicates import of_event
from lienthong.adapters.sql.schema import entries
from lienthong.dead_letters.edits import DIGEST_DIGITS
from lienthong.messages import message


def verify(connection: Connection) -> Iterator[str]:
    """Every edit that is not what the ledger has, and every entry about an edit that is lost."""
    for row in connection.execute(select(edits.c.number, edits.c.data, edits.c.digest)):
        try:
            digest = hashlib.sha256(zlib.decompress(row.data)).hexdigest()
        except zlib.error:
            digest = ""
        if digest != row.digest:
            yield message("edit {number}: its content is not what was proposed", number=row.number)
    proposed = entries.c.verdict == "proposed"
    kept = edits.c.state.in_(("proposed", "approved", "refused", "superseded"))
    for number in _without_entry(connection, kept, proposed):
        yield message("edit {number}: the ledger has no entry of its proposal", number=number)
    for event_id in _without_edit(connection, kept, proposed):
        yield message(
            "event {event_id}: the ledger has the proposal of an edit that is no longer as it was", event_id=event_id
        )
    edited = entries.c.verdict == "edited"
    approved = edits.c.state == "approved"
    for number in _without_entry(connection, approved, edited):
        yield message("edit {number}: the ledger has no entry of its approval", number=number)
    for event_id in _without_edit(connection, approved, edited):
        yield message(
            "event {event_id}: the ledger has the approval of an edit that is no longer as it was", event_id=event_id
        )


def _without_entry(connection: Connection, state: ColumnElement[bool], verdict: ColumnElement[bool]) -> Iterator[int]:
    has_entry = select(entries.c.turn).where(_names_edit(), verdict).exists()
    yield from connection.scalars(select(edits.c.number).where(state, ~has_entry))


def _without_edit(connection: Connection, state: ColumnElement[bool], verdict: ColumnElement[bool]) -> Iterator[str]:
    has_edit = select(edits.c.number).where(_names_edit(), state).exists()
    yield from connection.scalars(select(entries.c.event_id).where(verdict, ~has_edit))


def _names_edit() -> ColumnElement[bool]:
    """Whether an entry is about an edit: its reason contains the first digits of the edit's digest."""
    return (
        of_event(edits.c.event_id)
        & (entries.c.stage == edits.c.stage)
        & entries.c.reason.contains(func.substr(edits.c.digest, 1, DIGEST_DIGITS))
    )
