"""Verification of what was written after the marks of the chains."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, FromClause, and_, false, or_, select

from lienthong.adapters.sql import body_check, chain_check, rows
from lienthong.adapters.sql.block_rows import BlockRows
from lienthong.adapters.sql.marks import Marks, after_marks, is_before, read_marks
from lienthong.adapters.sql.schema import blocks, bodies, dead_letters, postings, writers
from lienthong.adapters.sql.span_queries import entries_within
from lienthong.messages import message

_letter = dead_letters.c


def has_marks(connection: Connection, purpose: str) -> bool:
    """Whether anything was ever marked."""
    return bool(read_marks(connection, purpose))


def verify_marks(connection: Connection, purpose: str) -> Iterator[str]:
    """Marked heads that are no longer in their chain."""
    for chain, mark in sorted(read_marks(connection, purpose).items()):
        block = (blocks.c.writer == chain) & (blocks.c.number == mark.number)
        if connection.scalar(select(blocks.c.hash).where(block)) != mark.hash:
            yield message(
                "chain {chain}: block {block} was verified as {hash} and is no longer that: the ledger was rewritten",
                chain=chain,
                block=mark.number,
                hash=mark.hash,
            )


def verify(connection: Connection, purpose: str) -> Iterator[str]:
    """Every fault of the marks, and of the blocks after them with their entries, postings, bodies and dead letters."""
    yield from verify_marks(connection, purpose)
    marked = read_marks(connection, purpose)
    found = entries_within(connection.dialect.name, after_marks(connection, marked))
    recent = select(found).where(~is_before(marked, found)).subquery()
    yield from _verify_blocks(connection, marked, recent)
    yield from chain_check.verify_witnesses(connection, _after(blocks.c.writer, blocks.c.number, connection, marked))
    yield from _verify_bodies(connection, recent)
    yield from _verify_letters(connection, recent)


def _after(
    writer: ColumnElement[str], number: ColumnElement[int], connection: Connection, marked: Marks
) -> ColumnElement[bool]:
    """Whether a block is after the mark of its chain. Every chain is named, so that an index finds its blocks."""
    chains = connection.scalars(select(writers.c.writer)).all()
    after = (and_(writer == chain, number > (marked[chain].number if chain in marked else 0)) for chain in chains)
    return or_(false(), *after)


def _verify_blocks(connection: Connection, marked: Marks, recent: FromClause) -> Iterator[str]:
    recent_postings = _after(postings.c.writer, postings.c.block, connection, marked)
    entry_rows = BlockRows(connection, recent, recent.c.position)
    posting_rows = BlockRows(connection, postings, where=recent_postings)
    yield from chain_check.verify_chains(connection, entry_rows=entry_rows, posting_rows=posting_rows, marked=marked)


def _verify_bodies(connection: Connection, recent: FromClause) -> Iterator[str]:
    """The body of each event that was received: it is there, and it is what was received."""
    of_entry = (recent.c.event_id.label("id"), recent.c.reason, recent.c.seal, recent.c.day.label("of_day"))
    receipts = select(*of_entry, bodies).join(
        bodies, (bodies.c.event_id == recent.c.event_id) & (bodies.c.day == recent.c.day), isouter=True
    )
    for row in connection.execute(receipts.where(recent.c.verdict == "received")):
        if row.event_id is None:
            yield message(
                "event {event_id}: the ledger has it as received, but its stored content is lost", event_id=row.id
            )
        elif row.type != row.reason or not body_check.is_as_received(connection, row):
            yield message("event {event_id}: its stored content is not what was received", event_id=row.id)


def _verify_letters(connection: Connection, recent: FromClause) -> Iterator[str]:
    """The letter of each event that died: it is there, and it is what it was then."""
    same = and_(_letter.event_id == recent.c.event_id, _letter.stage == recent.c.stage, _letter.turn == recent.c.turn)
    deaths = select(recent.c.event_id.label("id"), recent.c.seal, dead_letters).join(dead_letters, same, isouter=True)
    for row in connection.execute(deaths.where(recent.c.verdict == "dead")):
        if row.number is None:
            yield message("event {event_id}: the ledger has it dead, but no dead letter matches", event_id=row.id)
        elif rows.compute_seal(row._asdict()) != row.seal:
            yield message("dead letter {number}: its content is not what it was when it died", number=row.number)
