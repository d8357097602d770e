"""Marks of the chains, and the entries that were written after them.

Entries have no index by block (ADR 17). A block names where its entries are in the index of entries. There they are
found, and those of earlier blocks among them are left out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    delete,
    false,
    func,
    insert,
    or_,
    select,
)

from lienthong.adapters.sql.block_spans import Span, join_spans, parse_spans
from lienthong.adapters.sql.schema import blocks, entries, writers
from lienthong.adapters.sql.sum_tables import marks
from lienthong.envelope import parse_utc


class Mark(NamedTuple):
    """A place in a chain: a block by its number and its hash."""

    number: int
    hash: str


Marks = Mapping[str, Mark]
"""By chain. A chain without a mark is at its beginning."""


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


def is_before(marked: Marks, of: FromClause = entries) -> ColumnElement[bool]:
    """Whether an entry was written before the marks. `of`: entries, or some of them."""
    chains = (and_(of.c.writer == name, of.c.block <= mark.number) for name, mark in marked.items())
    return or_(false(), *chains)


def after_marks(connection: Connection, marked: Marks) -> Sequence[Span] | None:
    """Where the entries are that were written after the marks, in order. None for all of the history.

    Blocks of a version before migration 0012 do not name it: while one is after its mark, all is read.
    """
    if not marked and connection.scalar(select(writers.c.writer).where(writers.c.blocks > 0).limit(1)):
        return None
    found: set[Span] = set()
    for is_after in _chains_after(connection, marked):
        for row in connection.execute(select(blocks.c.oldest, blocks.c.newest, blocks.c.spans).where(is_after)):
            if row.oldest is None:
                return None
            found.update(parse_spans(oldest=row.oldest, newest=row.newest, spans=row.spans))
    return join_spans(found)


def count_entries_after(connection: Connection, marked: Marks) -> int:
    """How many entries were written after the marks."""
    chains = _chains_after(connection, marked)
    return sum(connection.scalar(select(func.sum(blocks.c.entries)).where(is_after)) or 0 for is_after in chains)


def _chains_after(connection: Connection, marked: Marks) -> list[ColumnElement[bool]]:
    """By chain, the condition that a block is after its mark."""
    chains = connection.scalars(select(writers.c.writer).where(writers.c.blocks > 0)).all()
    after = ((name, marked[name].number if name in marked else 0) for name in chains)
    return [(blocks.c.writer == name) & (blocks.c.number > number) for name, number in after]
