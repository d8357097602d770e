"""The look of each minute: what time has changed since the last one is announced, each once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from lienthong import Record
from store.deadlines.announcing import record_of
from store.deadlines.reckoning import Reckoner, lock, reckon
from store.deadlines.rows import standing_of, with_next, with_standing
from store.deadlines.tables import deadlines
from store.deadlines.writing import write_changes
from store.instants import format_instant
from transforms.deadline_announcing import announced, to_announce
from transforms.deadline_facts import Subject

DUE = 10_000
"""Subjects that one look takes on at most; the next ones follow a minute later."""
ANEW = 1_000
"""Subjects that one look reckons anew at most, after a change of rules or calendars."""
PORTION = 500

Row = dict[str, Any]


def look(connection: Connection, reckoner: Reckoner, now: datetime) -> list[Record]:
    """Announce what fell due up to now, however long ago the last look was. Raises nothing for what cannot be reckoned.

    Two looks at once announce nothing twice: a subject is locked, and one that is locked is left to the other one.
    """
    records: list[Record] = []
    for portion in _due(connection, now):
        records += _announce(connection, portion, reckoner, now)
    for portion in _other(connection, reckoner.name, ANEW):
        records += _announce(connection, portion, reckoner, now)
    return records


def reckon_anew(connection: Connection, reckoner: Reckoner, now: datetime) -> int:
    """Reckon a portion of what was reckoned with other rules or calendars. Returns how many subjects it was.

    Nothing is announced: the next look does so.
    """
    count = 0
    for portion in _other(connection, reckoner.name, PORTION):
        facts = lock(connection, portion, skip=True)
        reckoned = reckon(connection, facts, reckoner, now)
        write_changes(connection, reckoned.before.values(), reckoned.now.values())
        _pass_over(connection, list(reckoned.refused), reckoner.name)
        count += len(facts)
    return count


def _announce(connection: Connection, portion: Sequence[Subject], reckoner: Reckoner, now: datetime) -> list[Record]:
    facts = lock(connection, portion, skip=True)
    reckoned = reckon(connection, facts, reckoner, now)
    records = []
    for subject, rows in reckoned.now.items():
        for key, row in sorted(rows.items()):
            what = to_announce(standing_of(row), now, within=reckoner.within)
            if what is not None:
                after = with_next(with_standing(row, announced(standing_of(row), what)), now, reckoner.within)
                records.append(record_of(what, row, now, reckoner.calendars, was=reckoned.before[subject].get(key)))
                rows[key] = after
    write_changes(connection, reckoned.before.values(), reckoned.now.values())
    _pass_over(connection, list(reckoned.refused), reckoner.name)
    return records


def _due(connection: Connection, now: datetime) -> Iterator[Sequence[Subject]]:
    """The subjects of the deadlines that are to be looked at, the earliest first."""
    query = (
        select(deadlines.c.kind, deadlines.c.source, deadlines.c.key)
        .where(deadlines.c.next_at <= format_instant(now))
        .order_by(deadlines.c.next_at)
        .limit(DUE)
    )
    yield from _portions(connection, query)


def _other(connection: Connection, name: str, limit: int) -> Iterator[Sequence[Subject]]:
    """Subjects of deadlines that were reckoned with other rules or calendars."""
    by = deadlines.c.reckoned_by
    for other in (by < name, by > name):  # two ranges of the index: as one condition every row would be read
        query = select(deadlines.c.kind, deadlines.c.source, deadlines.c.key).where(other).limit(limit)
        yield from _portions(connection, query)


def _portions(connection: Connection, query: Any) -> Iterator[Sequence[Subject]]:
    found = list(dict.fromkeys(Subject(*row) for row in connection.execute(query)))
    for at in range(0, len(found), PORTION):
        yield found[at : at + PORTION]


def _pass_over(connection: Connection, refused: Sequence[Subject], name: str) -> None:
    """What cannot be reckoned is not looked at again until something of it is known anew."""
    for subject in refused:
        of_subject = (deadlines.c[column] == value for column, value in subject._asdict().items())
        connection.execute(deadlines.update().where(*of_subject).values(next_at=None, reckoned_by=name))
