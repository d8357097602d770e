"""The ledger over SQLAlchemy: its doors, and the questions that are answered from single events."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Engine, Row, or_, select

from lienthong.adapters.sql import leases, rows
from lienthong.adapters.sql import verification as audit
from lienthong.adapters.sql.balance import balance, in_flight
from lienthong.adapters.sql.database import reading, snapshot, turnstile
from lienthong.adapters.sql.key_queries import select_by_keys
from lienthong.adapters.sql.letter_edits import edited_envelopes
from lienthong.adapters.sql.partitions import Partitions
from lienthong.adapters.sql.predicates import of_body
from lienthong.adapters.sql.schema import blocks, bodies, cursors, dead_letters, entries, writers
from lienthong.adapters.sql.stages import stages
from lienthong.adapters.sql.transaction import SqlLedgerTransaction
from lienthong.envelope import parse_utc
from lienthong.ledger.double_entry import find_open_stages
from lienthong.ledger.records import Backlog, Balance, DeadLetter, Entry, OpenItem, StageStatus
from lienthong.ports import Clock, Cursor

AT_ONCE = 500
"""Events whose stories are held in memory at the same time."""

_OWN = (bodies.c.event_id,)
_BODIES = select(bodies)
_ENTRIES = select(entries).join(bodies, of_body)


class SqlLedger:
    """The ledger. Any number of threads and processes may have one on the same database, whose tables must exist."""

    def __init__(self, database: Engine, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._turnstile = turnstile(database)
        self._months = Partitions(database)

    def transaction(self) -> SqlLedgerTransaction:
        return SqlLedgerTransaction(self._database, self._turnstile, self._months, self._clock)

    def lease(self, name: str) -> AbstractContextManager[bool]:
        return leases.lease(self._database, name)

    def cursor(self, source: str) -> Cursor:
        with reading(self._database) as connection:
            text = connection.scalar(select(cursors.c.cursor).where(cursors.c.source == source))
        found: Cursor = orjson.loads(text) if text else {}
        return found

    def in_flight(self) -> int:
        with reading(self._database) as connection:
            return in_flight(connection)

    def open_items(self) -> Iterator[OpenItem]:
        """Only days whose postings do not come to rest are searched, so a long history costs nothing."""
        with snapshot(self._database) as connection:
            events = audit.open_events(connection)
        yield from self._open(events)

    def unpublished_backlog(self, source: str) -> Backlog:
        with reading(self._database) as connection:
            row = connection.execute(select(cursors).where(cursors.c.source == source)).one_or_none()
            numbers = range((row.handed_over or 0) + 1, row.taken + 1) if row else range(0)
            if not numbers:
                return Backlog(range(0), ())
            late = select(bodies.c.event_id).where(
                bodies.c.source == source, bodies.c.number.between(numbers[0], numbers[-1])
            )
            events = connection.scalars(late.order_by(bodies.c.number)).all()
        return Backlog(numbers, [item for item in self._open(events) if item.via == f"source.{source}"])

    def never_published(self) -> Mapping[str, range]:
        with reading(self._database) as connection:
            never = select(cursors).where(cursors.c.handed_over.is_(None), cursors.c.taken > 0)
            return {row.source: range(1, row.taken + 1) for row in connection.execute(never)}

    def _open(self, events: Sequence[str]) -> Iterator[OpenItem]:
        for event_ids in _slices(events):
            with reading(self._database) as connection:
                raw = {row.event_id: rows.received(row) for row in select_by_keys(connection, _BODIES, _OWN, event_ids)}
                told = select_by_keys(connection, _ENTRIES, _OWN, event_ids)
                stories = groupby(sorted(told, key=_event_id), key=_event_id)
                edited = edited_envelopes(connection, event_ids)
            waiting = {event_id: find_open_stages([rows.entry(row) for row in lines]) for event_id, lines in stories}
            for event_id in event_ids:
                for stage, (via, turn) in waiting.get(event_id, {}).items():
                    given = edited.get((event_id, via), raw[event_id])
                    yield OpenItem(given, via, stage, turn, edited.get((event_id, stage)))

    def trail(self, key: str) -> Sequence[Entry]:
        with reading(self._database) as connection:
            found = connection.execute(
                select(entries, blocks.c.at)
                .join(blocks, (blocks.c.writer == entries.c.writer) & (blocks.c.number == entries.c.block))
                .join(bodies, of_body)
                .where(or_(bodies.c.subject == key, bodies.c.event_id == key))
                .order_by(blocks.c.at, entries.c.writer, entries.c.block, entries.c.position)
            )
            return [rows.entry(row, parse_utc(row.at)) for row in found]

    def letters(self, *, state: str = "parked") -> Sequence[DeadLetter]:
        with reading(self._database) as connection:
            query = select(dead_letters).where(dead_letters.c.state == state).order_by(dead_letters.c.number)
            return [rows.letter(row) for row in connection.execute(query)]

    def letter(self, number: int) -> DeadLetter | None:
        with reading(self._database) as connection:
            row = connection.execute(select(dead_letters).where(dead_letters.c.number == number)).one_or_none()
        return rows.letter(row) if row else None

    def stages(self) -> Sequence[StageStatus]:
        with snapshot(self._database) as connection:
            return stages(connection, self._clock.now())

    def balance(self) -> Balance:
        with snapshot(self._database) as connection:
            return balance(connection)

    def verify(self, seen: Sequence[str] = ()) -> Iterator[str]:
        with snapshot(self._database) as connection:
            yield from audit.verify(connection, seen)

    def heads(self) -> Mapping[str, str]:
        with reading(self._database) as connection:
            begun = select(writers.c.writer, writers.c.head).where(writers.c.blocks > 0)
            return {row.writer: row.head for row in connection.execute(begun.order_by(writers.c.writer))}


def _event_id(row: Row[Any]) -> str:
    return str(row.event_id)


def _slices(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
