"""Verification of dead letters: each matches an entry of the ledger, its seal and its state included."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.predicates import of_event
from lienthong.adapters.sql.schema import dead_letters, entries
from lienthong.messages import message

_letter = dead_letters.c


def verify(connection: Connection) -> Iterator[str]:
    """Every letter without its entry, every "dead" entry without its letter, every letter that was changed."""
    matches = (
        of_event(_letter.event_id)
        & (entries.c.stage == _letter.stage)
        & (entries.c.turn == _letter.turn)
        & (entries.c.reason == _letter.reason)
    )
    dead = entries.c.verdict == "dead"
    without_entry = select(_letter.number).where(~select(entries.c.event_id).where(matches & dead).exists())
    for number in connection.scalars(without_entry):
        yield message("dead letter {number}: the ledger has no entry that matches it", number=number)
    without_letter = select(entries.c.event_id).where(dead & ~select(_letter.number).where(matches).exists())
    for event_id in connection.scalars(without_letter):
        yield message("event {event_id}: the ledger has it dead, but no dead letter matches", event_id=event_id)
    pairs = select(dead_letters, entries.c.seal).select_from(dead_letters).join(entries, matches & dead)
    for row in connection.execute(pairs.where(entries.c.seal != "")):  # entries before migration 0004 have no seal
        if rows.compute_seal(row._asdict()) != row.seal:
            yield message("dead letter {number}: its content is not what it was when it died", number=row.number)
    yield from _verify_states(connection)


def _verify_states(connection: Connection) -> Iterator[str]:
    """A letter is replayed or discarded exactly when the ledger has an operator's act of that kind."""
    later = of_event(_letter.event_id) & (entries.c.stage == _letter.stage) & (entries.c.turn > _letter.turn)
    same_act = select(entries.c.event_id).where(later, entries.c.verdict == _letter.state).exists()
    any_act = select(entries.c.event_id).where(later, entries.c.verdict.in_(("replayed", "discarded"))).exists()
    parked = _letter.state == "parked"
    wrong = select(_letter.number).where((parked & any_act) | (~parked & ~same_act))
    for number in connection.scalars(wrong):
        yield message("dead letter {number}: its state is not what the ledger has", number=number)
