"""Marks of the chains, and the entries that were written after them.

Entries have no index by block (ADR 17). A block names the first and the last moment at which events of its entries were
received. Entries are found by these moments, and those of earlier blocks among them are left out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, false, func, insert, or_, select, true

from lienthong.adapters.sql.schema import blocks, entries, writers
from lienthong.adapters.sql.sum_tables import marks
from lienthong.envelope import parse_utc
from lienthong.ledger.double_entry import local_day

MAX_RANGES = 200
"""More separate ranges of moments than this are read as one."""


class Mark(NamedTuple):
    """A place in a chain: a block by its number and its hash."""

    number: int
    hash: str


Marks = Mapping[str, Mark]
"""By chain. A chain without a mark is at its beginning."""


class Moments(NamedTuple):
    """A range of moments of receipt, as text. Both ends are included."""

    first: str
    last: str


def read_marks(connection: Connection, purpose: str) -> dict[str, Mark]:
    """The marks of one purpose."""
    rows = connection.execute(select(marks).where(marks.c.purpose == purpose))
    return {row.name: Mark(row.number, row.hash) for row in rows}


def read_heads(connection: Connection) -> dict[str, Mark]:
    """The head of each chain that has begun."""
    rows = connection.execute(select(writers).where(writers.c.blocks > 0))
    return {row.writer: Mark(row.blocks, row.head) for row in rows}


def marked_at(connection: Connection, purpose: str) -> datetime | None:
    """When the marks of a purpose were set last."""
    at = connection.scalar(select(func.max(marks.c.at)).where(marks.c.purpose == purpose))
    return parse_utc(at) if at else None


def write_marks(connection: Connection, purpose: str, new: Marks, at: datetime) -> None:
    """Replace the marks of one purpose."""
    connection.execute(delete(marks).where(marks.c.purpose == purpose))
    if new:
        values = [
            {"purpose": purpose, "name": name, "number": mark.number, "hash": mark.hash, "at": at.isoformat()}
            for name, mark in new.items()
        ]
        connection.execute(insert(marks), values)


def is_before(marked: Marks) -> ColumnElement[bool]:
    """Whether an entry was written before the marks."""
    chains = (and_(entries.c.writer == name, entries.c.block <= mark.number) for name, mark in marked.items())
    return or_(false(), *chains)


def after_marks(connection: Connection, marked: Marks) -> Sequence[Moments] | None:
    """The moments of the entries that were written after the marks, in order. None for all of the history.

    Blocks of a version before migration 0012 do not name their moments: while one is after its mark, all is read.
    """
    found: list[Moments] = []
    if not marked and connection.scalar(select(writers.c.writer).where(writers.c.blocks > 0).limit(1)):
        return None
    for first, last in _moments(connection, marked):
        if first is None or last is None:
            return None
        if found and first <= found[-1].last:
            found[-1] = Moments(found[-1].first, max(found[-1].last, last))
        else:
            found.append(Moments(first, last))
    return found if len(found) <= MAX_RANGES else [Moments(found[0].first, found[-1].last)]


def _moments(connection: Connection, marked: Marks) -> list[tuple[str | None, str | None]]:
    """First and last moment of the blocks after the marks, in order; those that do not name them come first."""
    found: set[tuple[str | None, str | None]] = set()
    for name in connection.scalars(select(writers.c.writer).where(writers.c.blocks > 0)).all():
        number = marked[name].number if name in marked else 0
        chain = (blocks.c.writer == name) & (blocks.c.number > number)
        found.update((row.oldest, row.newest) for row in connection.execute(select(blocks).where(chain)))
    return sorted(found, key=lambda moments: (moments[0] or "", moments[1] or ""))


def received_within(moments: Moments | None) -> ColumnElement[bool]:
    """Whether an entry's event was received in a range of moments. None stands for all of time."""
    if moments is None:
        return true()
    in_index = entries.c.received_at.between(moments.first, moments.last)
    first, last = (local_day(parse_utc(moment)) for moment in moments)
    return in_index & entries.c.day.between(first, last)  # the day selects the partitions on PostgreSQL
