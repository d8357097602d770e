"""Proving the ledger: blocks are recomputed from their rows, postings from their entries, ids from their bodies."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select

from lienthong.adapters.sql import cursor_check as numbering
from lienthong.adapters.sql import letter_edits, rows
from lienthong.adapters.sql.balance import each_event
from lienthong.adapters.sql.hash_chains import FIRST
from lienthong.adapters.sql.predicates import at_stage, of_body, of_event, received_on
from lienthong.adapters.sql.schema import blocks, bodies, dead_letters, entries, postings, writers
from lienthong.envelope import derive_id, parse_utc
from lienthong.ledger.double_entry import local_day
from lienthong.ledger.double_entry import postings as postings_of
from lienthong.ledger.hash_chain import GENESIS, Witness, block_hash


def verify(connection: Connection, seen: Sequence[str] = ()) -> Iterator[str]:
    """Every fault found, as a sentence that names the place. Memory does not grow with the ledger.

    `seen`: hashes of blocks that were noted elsewhere. A ledger that was emptied, or written anew from some block on,
    proves itself in every other way, but does not have them.
    """
    yield from _chains(connection)
    yield from _seen(connection, seen)
    yield from _witnesses(connection)
    yield from _strays(connection)
    yield from _bodies(connection)
    yield from numbering.verify(connection)
    yield from _letters(connection)
    yield from letter_edits.verify(connection)


def open_events(connection: Connection) -> list[str]:
    """Ids of the events still open somewhere, in order; only days whose postings are not at rest are looked at."""
    days = connection.execute(
        select(postings.c.source, postings.c.day)
        .where(at_stage)
        .group_by(postings.c.source, postings.c.day)
        .having(func.sum(postings.c.amount) != 0)
    ).all()
    found: list[str] = []
    for source, day in days:
        each = (
            each_event()
            .add_columns(entries.c.event_id)
            .where(entries.c.source == source, received_on(day, day))
            .subquery()
        )
        found += connection.scalars(select(each.c.event_id).where(each.c.open > 0))
    return sorted(found)


def _chains(connection: Connection) -> Iterator[str]:
    """Every chain: blocks, entries and postings streamed side by side, in the order of writers and their blocks."""
    lines = _ByBlock(connection, entries, entries.c.position)
    amounts = _ByBlock(connection, postings)
    for writer in connection.execute(select(writers).order_by(writers.c.writer)).all():
        yield from _chain(connection, writer, lines, amounts)
    for strays, name in ((lines.rest(), "bản ghi"), (amounts.rest(), "bút toán")):
        yield from (f"chuỗi {writer}, khối {number}: có {name} không thuộc khối nào" for writer, number in strays)


def _chain(connection: Connection, writer: Row[Any], lines: "_ByBlock", amounts: "_ByBlock") -> Iterator[str]:
    name = writer.writer
    previous, number = GENESIS, 0
    for block in connection.execute(select(blocks).where(blocks.c.writer == name).order_by(blocks.c.number)):
        number += 1
        if block.number != number:
            yield f"chuỗi {name}: thiếu khối {number}"
            number = block.number
        if block.previous != previous:
            yield f"chuỗi {name}, khối {number}: không nối với khối trước"
        yield from _block(block, lines.of(name, number), amounts.of(name, number))
        previous = block.hash
    if number != writer.blocks or previous != writer.head:
        yield f"chuỗi {name}: đầu chuỗi ghi {writer.blocks} khối nhưng khối cuối tìm thấy là {number}, hoặc đã bị thay"


class _ByBlock:
    """The rows of registered writers, handed out block by block; blocks nobody asked for are kept.

    No index has this order, for it would be written with every entry and read by nobody else: the database sorts.
    """

    def __init__(self, connection: Connection, table: Table, *order: ColumnElement[int]) -> None:
        ours = select(table).where(table.c.writer.in_(select(writers.c.writer)))
        found = connection.execute(ours.order_by(table.c.writer, table.c.block, *order))
        self._groups = groupby(found, key=lambda row: (str(row.writer), int(row.block)))
        self._next = next(self._groups, None)
        self._passed: list[tuple[str, int]] = []

    def of(self, writer: str, number: int) -> list[Row[Any]]:
        wanted = (writer, number)  # compared as both databases sort: by code points
        while self._next is not None and self._next[0] < wanted:
            self._passed.append(self._next[0])
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != wanted:
            return []
        own = list(self._next[1])
        self._next = next(self._groups, None)
        return own

    def rest(self) -> list[tuple[str, int]]:
        """Blocks that have rows but do not exist."""
        return self._passed + ([self._next[0]] if self._next else []) + [block for block, _ in self._groups]


def _block(block: Row[Any], lines: list[Row[Any]], amounts: list[Row[Any]]) -> Iterator[str]:
    """One block against its own rows."""
    place = f"chuỗi {block.writer}, khối {block.number}"
    positions = [row.position for row in lines]
    missing = sorted(set(range(block.entries)) - set(positions))
    if missing:
        yield f"{place}: thiếu bản ghi {', '.join(map(str, missing[:5]))}"
    if len(lines) > block.entries:
        yield f"{place}: thừa {len(lines) - block.entries} bản ghi"
    try:
        written = [rows.entry(row) for row in lines]
        at = parse_utc(block.at)
    except ValueError:
        yield f"{place}: có thời điểm không đọc được"
        return
    for row, entry in zip(lines, written, strict=True):
        if row.day != local_day(entry.received_at) or row.fan_out != len(entry.to):
            yield f"{place}, bản ghi {row.position}: ngày hạch toán hoặc số nơi nhận bị đổi"
    witness = None if block.seen_writer is None else Witness(block.seen_writer, block.seen_blocks, block.seen_head)
    if block_hash(block.previous, block.writer, block.number, at, written, witness=witness) != block.hash:
        yield f"{place}: nội dung không khớp mã băm (có bản ghi bị sửa, thêm, bớt hoặc đổi chỗ)"
    if {(row.source, row.day, row.account): row.amount for row in amounts} != postings_of(written):
        yield f"{place}: bút toán không khớp với các bản ghi"


def _witnesses(connection: Connection) -> Iterator[str]:
    """What blocks saw of other chains is still there; and every chain but the first was opened by a block."""
    seen = blocks.alias()
    there = (seen.c.writer == blocks.c.seen_writer) & (seen.c.number == blocks.c.seen_blocks)
    still = select(seen.c.number).where(there, seen.c.hash == blocks.c.seen_head).exists()
    registered = select(writers.c.writer).where(writers.c.writer == blocks.c.seen_writer).exists()
    missing = blocks.c.seen_writer.is_not(None) & ~((registered & (blocks.c.seen_blocks == 0)) | still)
    for block in connection.execute(select(blocks).where(missing)):
        yield (
            f"chuỗi {block.writer}, khối {block.number}: từng thấy chuỗi {block.seen_writer} có {block.seen_blocks}"
            " khối, nay không còn đúng như vậy"
        )
    opened = select(blocks.c.number).where(blocks.c.seen_writer == writers.c.writer, blocks.c.seen_blocks == 0)
    for writer in connection.scalars(select(writers.c.writer).where(writers.c.writer != FIRST, ~opened.exists())):
        yield f"chuỗi {writer}: không có khối nào của chuỗi khác ghi lúc mở chuỗi này"


def _seen(connection: Connection, hashes: Sequence[str]) -> Iterator[str]:
    for noted in hashes:
        own = noted.strip().casefold()
        if connection.scalar(select(func.count()).select_from(blocks).where(blocks.c.hash == own)) == 0:
            yield f"khối có mã băm {own} từng được ghi lại ở nơi khác, nay không có: sổ đã bị xoá hoặc viết lại"


def _strays(connection: Connection) -> Iterator[str]:
    """Rows of a writer nobody registered."""
    registered = select(writers.c.writer)
    for table, name in ((blocks, "khối"), (entries, "bản ghi"), (postings, "bút toán")):
        for writer in connection.scalars(select(table.c.writer).where(table.c.writer.not_in(registered)).distinct()):
            yield f"chuỗi {writer}: có {name} của một chuỗi không đăng ký"


def _bodies(connection: Connection) -> Iterator[str]:
    """An event's id is derived from its content, so a changed body no longer has its own id."""
    for row in connection.execute(select(bodies)):
        try:
            digest = hashlib.sha256(rows.content(row.body)).hexdigest()
        except ValueError:
            digest = ""
        if derive_id(row.source, row.subject, digest) != row.event_id:
            yield f"sự kiện {row.event_id}: nội dung lưu trữ không còn là nội dung đã nhận"
    own = of_body & (entries.c.verdict == "received")
    same = (bodies.c.type == entries.c.reason) & (bodies.c.day == entries.c.day)
    for event_id in connection.scalars(select(bodies.c.event_id).join(entries, own).where(~same)):
        yield f"sự kiện {event_id}: loại hoặc ngày nhận của nội dung lưu trữ khác với sổ"
    for event_id in connection.scalars(
        select(bodies.c.event_id).where(~select(entries.c.event_id).where(own).exists())
    ):
        yield f"sự kiện {event_id}: có nội dung lưu trữ nhưng sổ không ghi lần nhận, hoặc ghi vào lúc khác"
    kept = select(bodies.c.event_id).where(bodies.c.event_id == entries.c.event_id).exists()
    for event_id in connection.scalars(select(entries.c.event_id).where(entries.c.verdict == "received", ~kept)):
        yield f"sự kiện {event_id}: sổ ghi đã nhận nhưng mất nội dung lưu trữ"
    twice = select(bodies.c.event_id).group_by(bodies.c.event_id).having(func.count() > 1)
    for event_id in connection.scalars(twice):
        yield f"sự kiện {event_id}: có hai nội dung lưu trữ"


def _letters(connection: Connection) -> Iterator[str]:
    same = (
        of_event(dead_letters.c.event_id)
        & (entries.c.stage == dead_letters.c.stage)
        & (entries.c.turn == dead_letters.c.turn)
        & (entries.c.reason == dead_letters.c.reason)
    )
    dead = entries.c.verdict == "dead"
    for number in connection.scalars(
        select(dead_letters.c.number).where(~select(entries.c.event_id).where(same & dead).exists())
    ):
        yield f"thư chết số {number}: sổ không ghi đúng như thư"
    for event_id in connection.scalars(
        select(entries.c.event_id).where(dead & ~select(dead_letters.c.number).where(same).exists())
    ):
        yield f"sự kiện {event_id}: sổ ghi đã chết nhưng không có thư chết đúng như vậy"
    both = select(dead_letters, entries.c.seal).select_from(dead_letters).join(entries, same & dead)
    sealed = both.where(entries.c.seal != "")
    for row in connection.execute(sealed):
        if rows.seal(row._asdict()) != row.seal:
            yield f"thư chết số {row.number}: nội dung thư không còn như khi nó chết"
    yield from _states(connection)


def _states(connection: Connection) -> Iterator[str]:
    """What a letter's state says an operator did, the ledger says too, and nothing else."""
    act = (
        of_event(dead_letters.c.event_id)
        & (entries.c.stage == dead_letters.c.stage)
        & (entries.c.turn > dead_letters.c.turn)
    )
    done = select(entries.c.event_id).where(act, entries.c.verdict == dead_letters.c.state).exists()
    any_done = select(entries.c.event_id).where(act, entries.c.verdict.in_(("replayed", "discarded"))).exists()
    parked = dead_letters.c.state == "parked"
    for number in connection.scalars(select(dead_letters.c.number).where((parked & any_done) | (~parked & ~done))):
        yield f"thư chết số {number}: trạng thái của thư không phải là điều sổ ghi"
