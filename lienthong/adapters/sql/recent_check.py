"""Verification of what was written after the marks of the chains."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from lienthong.adapters.sql import body_check, chain_check, rows
from lienthong.adapters.sql.block_rows import BlockRows
from lienthong.adapters.sql.marks import Marks, after_marks, is_before, read_marks, received_within
from lienthong.adapters.sql.schema import blocks, bodies, dead_letters, entries, postings, writers
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
    moments = after_marks(connection, marked)
    within = (received_within(one) for one in ([None] if moments is None else moments))
    is_recent = and_(or_(false(), *within), ~is_before(marked))
    yield from _verify_blocks(connection, marked, is_recent)
    yield from chain_check.verify_witnesses(connection, _after(blocks.c.writer, blocks.c.number, connection, marked))
    yield from _verify_bodies(connection, is_recent)
    yield from _verify_letters(connection, is_recent)


def _after(
    writer: ColumnElement[str], number: ColumnElement[int], connection: Connection, marked: Marks
) -> ColumnElement[bool]:
    """Whether a block is after the mark of its chain. Every chain is named, so that an index finds its blocks."""
    chains = connection.scalars(select(writers.c.writer)).all()
    after = (and_(writer == chain, number > (marked[chain].number if chain in marked else 0)) for chain in chains)
    return or_(false(), *after)


def _verify_blocks(connection: Connection, marked: Marks, is_recent: ColumnElement[bool]) -> Iterator[str]:
    recent_postings = _after(postings.c.writer, postings.c.block, connection, marked)
    entry_rows = BlockRows(connection, entries, entries.c.position, where=is_recent)
    posting_rows = BlockRows(connection, postings, where=recent_postings)
    yield from chain_check.verify_chains(connection, entry_rows=entry_rows, posting_rows=posting_rows, marked=marked)


def _verify_bodies(connection: Connection, is_recent: ColumnElement[bool]) -> Iterator[str]:
    """The body of each event that was received: it is there, and it is what was received."""
    of_entry = (entries.c.event_id.label("id"), entries.c.reason, entries.c.seal, entries.c.day.label("of_day"))
    receipts = select(*of_entry, bodies).join(
        bodies, (bodies.c.event_id == entries.c.event_id) & (bodies.c.day == entries.c.day), isouter=True
    )
    for row in connection.execute(receipts.where(is_recent, entries.c.verdict == "received")):
        if row.event_id is None:
            yield message(
                "event {event_id}: the ledger has it as received, but its stored content is lost", event_id=row.id
            )
        elif row.type != row.reason or not body_check.is_as_received(connection, row):
            yield message("event {event_id}: its stored content is not what was received", event_id=row.id)


def _verify_letters(connection: Connection, is_recent: ColumnElement[bool]) -> Iterator[str]:
    """The letter of each event that died: it is there, and it is what it was then."""
    same = and_(
        _letter.event_id == entries.c.event_id, _letter.stage == entries.c.stage, _letter.turn == entries.c.turn
    )
    deaths = select(entries.c.event_id.label("id"), entries.c.seal, dead_letters).join(dead_letters, same, isouter=True)
    for row in connection.execute(deaths.where(is_recent, entries.c.verdict == "dead")):
        if row.number is None:
            yield message("event {event_id}: the ledger has it dead, but no dead letter matches", event_id=row.id)
        elif rows.compute_seal(row._asdict()) != row.seal:
            yield message("dead letter {number}: its content is not what it was when it died", number=row.number)
