"""Verification of the hash chains: every block matches its entries and postings, and no block is missing."""

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.block_rows import BlockRows
from lienthong.adapters.sql.hash_chains import FIRST_CHAIN
from lienthong.adapters.sql.marks import Mark, Marks
from lienthong.adapters.sql.schema import blocks, entries, postings, writers
from lienthong.envelope import parse_utc
from lienthong.ledger.double_entry import local_day
from lienthong.ledger.double_entry import postings as postings_of
from lienthong.ledger.hash_chain import GENESIS, Witness, block_hash
from lienthong.ledger.records import Entry
from lienthong.messages import message, message_n

_MAX_POSITIONS_SHOWN = 5


def verify(connection: Connection) -> Iterator[str]:
    """Every fault of the chains, their blocks and their witnesses."""
    entry_rows = BlockRows(connection, entries, entries.c.position)
    posting_rows = BlockRows(connection, postings)
    yield from verify_chains(connection, entry_rows=entry_rows, posting_rows=posting_rows)
    yield from verify_witnesses(connection, blocks.c.number > 0)
    yield from _verify_openings(connection)
    yield from _verify_registration(connection)


def verify_seen(connection: Connection, seen: Sequence[str]) -> Iterator[str]:
    """Hashes that were noted outside of the ledger and are missing in it."""
    for text in seen:
        noted = text.strip().casefold()
        if connection.scalar(select(func.count()).select_from(blocks).where(blocks.c.hash == noted)) == 0:
            yield message(
                "the block with hash {hash} was noted elsewhere and is missing: the ledger was deleted or rewritten",
                hash=noted,
            )


def verify_chains(
    connection: Connection, *, entry_rows: BlockRows, posting_rows: BlockRows, marked: Marks = MappingProxyType({})
) -> Iterator[str]:
    """Every chain, from its mark on. Blocks, entries and postings are streamed side by side, by writers and blocks."""
    for chain in connection.execute(select(writers).order_by(writers.c.writer)).all():
        start = marked.get(chain.writer, Mark(0, GENESIS))
        yield from _verify_chain(connection, chain, start, entry_rows=entry_rows, posting_rows=posting_rows)
    for writer, number in entry_rows.unclaimed():
        yield message("chain {chain}, block {block}: there are entries of no block", chain=writer, block=number)
    for writer, number in posting_rows.unclaimed():
        yield message("chain {chain}, block {block}: there are postings of no block", chain=writer, block=number)


def _verify_chain(
    connection: Connection, chain: Row[Any], start: Mark, *, entry_rows: BlockRows, posting_rows: BlockRows
) -> Iterator[str]:
    name = chain.writer
    number, previous = start
    later = (blocks.c.writer == name) & (blocks.c.number > number)
    for block in connection.execute(select(blocks).where(later).order_by(blocks.c.number)):
        number += 1
        if block.number != number:
            yield message("chain {chain}: block {block} is missing", chain=name, block=number)
            number = block.number
        if block.previous != previous:
            yield message(
                "chain {chain}, block {block}: it does not follow the block before it", chain=name, block=number
            )
        yield from _verify_block(block, entry_rows.take(name, number), posting_rows.take(name, number))
        previous = block.hash
    if number != chain.blocks or previous != chain.head:
        yield message(
            "chain {chain}: its head names {blocks} blocks, but the last block is {last}, or was replaced",
            chain=name,
            blocks=chain.blocks,
            last=number,
        )


def _verify_block(
    block: Row[Any],
    entry_rows: Sequence[Row[Any]],
    posting_rows: Sequence[Row[Any]],
) -> Iterator[str]:
    """One block against its rows."""
    place = {"chain": block.writer, "block": block.number}
    missing = sorted(set(range(block.entries)) - {row.position for row in entry_rows})
    if missing:
        positions = ", ".join(map(str, missing[:_MAX_POSITIONS_SHOWN]))
        yield message("chain {chain}, block {block}: missing entries: {positions}", **place, positions=positions)
    if len(entry_rows) > block.entries:
        yield message_n(
            "chain {chain}, block {block}: {count} entry too many",
            "chain {chain}, block {block}: {count} entries too many",
            count=len(entry_rows) - block.entries,
            **place,
        )
    try:
        written = [rows.parse_entry(row) for row in entry_rows]
        at = parse_utc(block.at)
    except ValueError:
        yield message("chain {chain}, block {block}: an instant is not readable", **place)
        return
    for row, entry in zip(entry_rows, written, strict=True):
        if row.day != local_day(entry.received_at) or row.fan_out != len(entry.to):
            yield message(
                "chain {chain}, block {block}, entry {position}: its accounting day or its number of receivers was"
                " changed",
                **place,
                position=row.position,
            )
    witness = None if block.seen_writer is None else Witness(block.seen_writer, block.seen_blocks, block.seen_head)
    yield from _verify_moments(block, entry_rows)
    hashed = block_hash(
        written, previous=block.previous, writer=block.writer, number=block.number, at=at, witness=witness
    )
    if hashed != block.hash:
        yield message(
            "chain {chain}, block {block}: the content does not match its hash"
            " (an entry was changed, added, removed or moved)",
            **place,
        )
    if not _match(posting_rows, written):
        yield message("chain {chain}, block {block}: the postings do not match the entries", **place)


def _verify_moments(block: Row[Any], entry_rows: Sequence[Row[Any]]) -> Iterator[str]:
    """By what it names the entries of a block are found. Blocks before migration 0012 name no moments, and those
    before 0017 no spans.
    """
    oldest, newest, spans = rows.name_bounds(entry_rows) if entry_rows else (None, None, None)
    named = (oldest, newest, spans if block.spans is not None else None)
    if block.oldest is not None and (block.oldest, block.newest, block.spans) != named:
        yield message(
            "chain {chain}, block {block}: the moments that it names are not those of its entries",
            chain=block.writer,
            block=block.number,
        )


def _match(posting_rows: Sequence[Row[Any]], written: Sequence[Entry]) -> bool:
    return {(row.source, row.day, row.account): row.amount for row in posting_rows} == postings_of(written)


def verify_witnesses(connection: Connection, of: ColumnElement[bool]) -> Iterator[str]:
    """What blocks recorded of other chains is still true."""
    seen = blocks.alias()
    is_seen = (seen.c.writer == blocks.c.seen_writer) & (seen.c.number == blocks.c.seen_blocks)
    is_unchanged = select(seen.c.number).where(is_seen, seen.c.hash == blocks.c.seen_head).exists()
    is_registered = select(writers.c.writer).where(writers.c.writer == blocks.c.seen_writer).exists()
    is_false = blocks.c.seen_writer.is_not(None) & ~((is_registered & (blocks.c.seen_blocks == 0)) | is_unchanged)
    for block in connection.execute(select(blocks).where(of, is_false)):
        yield message(
            "chain {chain}, block {block}: it recorded that chain {seen} had {blocks} blocks, which is no longer true",
            chain=block.writer,
            block=block.number,
            seen=block.seen_writer,
            blocks=block.seen_blocks,
        )


def _verify_openings(connection: Connection) -> Iterator[str]:
    """Every chain but the first was opened by a block."""
    opening = select(blocks.c.number).where(blocks.c.seen_writer == writers.c.writer, blocks.c.seen_blocks == 0)
    unopened = select(writers.c.writer).where(writers.c.writer != FIRST_CHAIN, ~opening.exists())
    for writer in connection.scalars(unopened):
        yield message("chain {chain}: no block of another chain recorded its opening", chain=writer)


def _verify_registration(connection: Connection) -> Iterator[str]:
    """Rows whose writer is not registered."""
    for writer in _unregistered(connection, blocks):
        yield message("chain {chain}: there are blocks of a chain that is not registered", chain=writer)
    for writer in _unregistered(connection, entries):
        yield message("chain {chain}: there are entries of a chain that is not registered", chain=writer)
    for writer in _unregistered(connection, postings):
        yield message("chain {chain}: there are postings of a chain that is not registered", chain=writer)


def _unregistered(connection: Connection, table: Table) -> Iterator[str]:
    registered = select(writers.c.writer)
    yield from connection.scalars(select(table.c.writer).where(table.c.writer.not_in(registered)).distinct())
