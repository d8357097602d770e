"""Everything that the ledger recorded of one record or of one event, found by keys alone.

One statement with joins would make PostgreSQL read all blocks: it cannot know that a record has few events.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, or_, select

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.key_queries import select_by_keys
from lienthong.adapters.sql.schema import blocks, bodies, entries
from lienthong.envelope import parse_utc
from lienthong.ledger.records import Entry

_EVENTS_PER_QUERY = 500
_BLOCKS_PER_QUERY = 500

_EVENT = (entries.c.event_id, entries.c.received_at)
_SELECT_ENTRIES = select(entries).where(
    entries.c.day.between(bindparam("first"), bindparam("last"))  # limits the query to the partitions of these days
)


def trail(connection: Connection, key: str) -> list[Entry]:
    """The entries of the events with this subject or this id, in the order in which they were written."""
    of = (bodies.c.event_id, bodies.c.received_at, bodies.c.day)
    events = connection.execute(select(*of).where(or_(bodies.c.subject == key, bodies.c.event_id == key))).all()
    unordered = list(_entries(connection, events))
    moments = _moments(connection, {(row.writer, row.block) for row in unordered})
    found = [row for row in unordered if (row.writer, row.block) in moments]
    found.sort(key=lambda row: (moments[row.writer, row.block], row.writer, row.block, row.position))
    return [rows.parse_entry(row, parse_utc(moments[row.writer, row.block])) for row in found]


def _entries(connection: Connection, events: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[Row[Any]]:
    for start in range(0, len(events), _EVENTS_PER_QUERY):
        part = events[start : start + _EVENTS_PER_QUERY]
        days = [event.day for event in part]
        keys = ([event.event_id for event in part], [event.received_at for event in part])
        yield from select_by_keys(connection, _SELECT_ENTRIES, _EVENT, *keys, first=min(days), last=max(days))


def _moments(connection: Connection, of: set[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
    """By writer and number, when each of these blocks was written. An entry of no block was never written."""
    by_writer: dict[str, list[int]] = {}
    for writer, number in sorted(of):
        by_writer.setdefault(writer, []).append(number)
    found: dict[tuple[str, int], str] = {}
    for writer, numbers in by_writer.items():
        for start in range(0, len(numbers), _BLOCKS_PER_QUERY):
            part = blocks.c.number.in_(numbers[start : start + _BLOCKS_PER_QUERY])
            of_chain = select(blocks.c.number, blocks.c.at).where(blocks.c.writer == writer, part)
            found.update(((writer, row.number), row.at) for row in connection.execute(of_chain))
    return found
