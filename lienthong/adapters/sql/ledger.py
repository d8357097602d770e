"""The ledger over SQLAlchemy: its transactions, and its queries."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from operator import attrgetter

import orjson
import structlog
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from lienthong.adapters.sql import contradictions, leases, letter_causes, listings, trails, unpublished, verification
from lienthong.adapters.sql.balance import compute_balance
from lienthong.adapters.sql.database import open_reader, snapshot
from lienthong.adapters.sql.delivery_seals import StageSeals
from lienthong.adapters.sql.event_states import find_open_events
from lienthong.adapters.sql.identity import begin_incarnation, ensure_identity, has_position, read_positions
from lienthong.adapters.sql.key_queries import select_by_keys, slices
from lienthong.adapters.sql.letter_edits import edited_envelopes
from lienthong.adapters.sql.marks import count_entries_after, marked_at, read_heads, read_marks
from lienthong.adapters.sql.new_entries import find_overtaken
from lienthong.adapters.sql.open_count import OpenCount
from lienthong.adapters.sql.partitions import Partitions
from lienthong.adapters.sql.predicates import of_body
from lienthong.adapters.sql.rows import parse_entry, parse_letter
from lienthong.adapters.sql.schema import blocks, bodies, dead_letters, entries, writers
from lienthong.adapters.sql.stages import stage_statuses
from lienthong.adapters.sql.sum_keeper import find_since, write_sums
from lienthong.adapters.sql.sums import PURPOSE, find_open_days, read_open_sums, read_sums
from lienthong.adapters.sql.transaction import SqlLedgerTransaction
from lienthong.adapters.sql.write_transaction import make_write_slots
from lienthong.envelope import Envelope, parse_utc
from lienthong.ledger.double_entry import find_open_stages, last_moment
from lienthong.ledger.identity import LedgerIdentity, Position
from lienthong.ledger.records import (
    Backlog,
    Balance,
    Contradiction,
    DeadLetter,
    Entry,
    OpenItem,
    Reading,
    StageStatus,
    Verified,
)
from lienthong.ports import Clock, Cursor, Seals

log = structlog.get_logger(__name__)

_EVENT_ID = (bodies.c.event_id,)
_event_id = attrgetter("event_id")
_SELECT_IDS = select(bodies.c.event_id)
_SELECT_ENTRIES = select(entries).join(bodies, of_body)
_SELECT_TIMED = (
    select(entries, blocks.c.at)
    .join(bodies, of_body)
    .join(blocks, (blocks.c.writer == entries.c.writer) & (blocks.c.number == entries.c.block))
)


class SqlLedger:
    """See `Ledger`. Any number of threads and processes may use the same database, whose tables must exist."""

    def __init__(self, database: Engine, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._write_slots = make_write_slots(database)
        self._partitions = Partitions(database)
        self._open_count = OpenCount(database)

    def transaction(self) -> SqlLedgerTransaction:
        return SqlLedgerTransaction(
            self._database, write_slots=self._write_slots, partitions=self._partitions, clock=self._clock
        )

    def lease(self, name: str) -> AbstractContextManager[bool]:
        return leases.lease(self._database, name)

    def cursor(self, source: str) -> Cursor:
        with open_reader(self._database) as connection:
            row = unpublished.read_source(connection, source)
        cursor: Cursor = orjson.loads(row.cursor) if row and row.cursor else {}
        return cursor

    def identity(self) -> LedgerIdentity:
        return ensure_identity(self._database, self._clock.now())

    def begin_incarnation(self, *, after: str) -> LedgerIdentity:
        return begin_incarnation(self._database, self.identity(), self._clock.now(), after=after)

    def positions(self) -> Mapping[str, Position]:
        return read_positions(self._database)

    def has_positions(self, positions: Mapping[str, Position]) -> bool:
        return all(has_position(self._database, writer, position) for writer, position in positions.items())

    def overtaken(self, stage: str, envelopes: Sequence[Envelope], turn: int) -> frozenset[str]:
        with open_reader(self._database) as connection:
            return find_overtaken(connection, stage, envelopes, turn)

    def known(self, event_ids: Sequence[str]) -> frozenset[str]:
        with open_reader(self._database) as connection:
            return frozenset(select_by_keys(connection, _SELECT_IDS, _EVENT_ID, event_ids).scalars())

    def received_count(self, source: str) -> int:
        with open_reader(self._database) as connection:
            row = unpublished.read_source(connection, source)
        return row.received_count if row else 0

    def present_records(self, source: str) -> Iterator[tuple[str, str]]:
        with snapshot(self._database) as connection:
            yield from listings.present_records(connection, source)

    def latest_version(self, source: str, key: tuple[str, str]) -> Envelope | None:
        with open_reader(self._database) as connection:
            return listings.latest_version(connection, source, key)

    def reading(self, source: str) -> Reading:
        with open_reader(self._database) as connection:
            row = unpublished.read_source(connection, source)
        return row.reading if row else ""

    def in_flight(self, source: str | None = None) -> int:
        return self._open_count.count(source)

    def open_items(self, *, timed: bool = False, source: str | None = None) -> Iterator[OpenItem]:
        """See `Ledger`. Only days whose postings do not add up to zero are searched, so long histories cost nothing."""
        with snapshot(self._database) as connection:
            days = [day for day in find_open_days(read_open_sums(connection)) if source in (None, day[0])]
            event_ids = {event_id for day in days for event_id in find_open_events(connection, *day)}
        yield from self._open_items_of(sorted(event_ids), timed=timed)

    def open_among(self, stage: str, event_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(item.raw.id for item in self._open_items_of(event_ids) if item.stage == stage)

    def unpublished_backlog(
        self, source: str, *, after: int | None = None, at_most: int | None = None, route: str = ""
    ) -> Backlog:
        with open_reader(self._database) as connection:
            numbers = unpublished.unpublished_numbers(connection, source, after=after, at_most=at_most)
            event_ids = unpublished.read_ids(connection, source, numbers) if numbers else ()
            handled = listings.received(connection, event_ids) if route else ()
        via = route or f"source.{source}"
        return Backlog(numbers, tuple(item for item in self._open_items_of(event_ids) if item.via == via), handled)

    def unpublished_count(self, source: str) -> int:
        with open_reader(self._database) as connection:
            return unpublished.count_unpublished(connection, source)

    def never_published(self) -> Mapping[str, range]:
        with open_reader(self._database) as connection:
            return unpublished.read_never_published(connection)

    def _open_items_of(self, event_ids: Sequence[str], *, timed: bool = False) -> Iterator[OpenItem]:
        for ids in slices(event_ids):
            with open_reader(self._database) as connection:
                raw = {envelope.id: envelope for envelope in listings.received(connection, ids)}
                query = _SELECT_TIMED if timed else _SELECT_ENTRIES
                entry_rows = select_by_keys(connection, query, _EVENT_ID, ids)
                by_event = groupby(sorted(entry_rows, key=_event_id), key=_event_id)
                edited = edited_envelopes(connection, ids)
            of_events = {
                event_id: [parse_entry(row, parse_utc(row.at) if timed else None) for row in event_rows]
                for event_id, event_rows in by_event
            }
            for event_id in ids:
                known = of_events.get(event_id, [])
                for stage, (via, turn) in find_open_stages(known).items():
                    input_of_via = edited.get((event_id, via), raw[event_id])
                    since = last_moment(known, stage) if timed else None
                    yield OpenItem(input_of_via, via, stage, turn, edited.get((event_id, stage)), since)

    def trail(self, key: str) -> Sequence[Entry]:
        with open_reader(self._database) as connection:
            return trails.trail(connection, key)

    def letters(self, *, state: str = "parked") -> Sequence[DeadLetter]:
        with open_reader(self._database) as connection:
            query = select(dead_letters).where(dead_letters.c.state == state).order_by(dead_letters.c.number)
            return [parse_letter(row) for row in connection.execute(query)]

    def letter(self, number: int) -> DeadLetter | None:
        with open_reader(self._database) as connection:
            row = connection.execute(select(dead_letters).where(dead_letters.c.number == number)).one_or_none()
        return parse_letter(row) if row else None

    def stages(self) -> Sequence[StageStatus]:
        with snapshot(self._database) as connection:
            return stage_statuses(connection, read_open_sums(connection), self._clock.now())

    def balance(self) -> Balance:
        with snapshot(self._database) as connection:
            return compute_balance(read_sums(connection))

    def ended_twice(self) -> Mapping[tuple[str, str], int]:
        with open_reader(self._database) as connection:
            return contradictions.ended_twice(connection)

    def contradictions(self, source: str, day: str) -> Iterator[Contradiction]:
        return contradictions.read(self._database, source, day)

    def keep_sums(self, *, at_least: int = 1) -> bool:
        if at_least > 1 and self._entries_since_kept() < at_least:
            return False
        with self.lease("sums") as is_ours:
            if not is_ours:
                return False
            letter_causes.store_missing(self._database, self.transaction)
            with snapshot(self._database) as connection:
                found = read_sums(connection)
                if found.marked == found.heads:
                    return False
                since = find_since(connection, found)
            try:
                with self.transaction() as transaction:
                    return write_sums(transaction.connection, found, since, self._clock.now())
            except DBAPIError as error:
                log.warning("the sums of the ledger could not be kept", error=type(error).__name__)
                return False

    def _entries_since_kept(self) -> int:
        with open_reader(self._database) as connection:
            return count_entries_after(connection, read_marks(connection, PURPOSE))

    def verify(self, seen: Sequence[str] = (), *, since_verified: bool = False) -> Iterator[str]:
        is_sound = True
        check = verification.verify_since if since_verified else verification.verify
        with snapshot(self._database) as connection:
            heads = read_heads(connection)
            for fault in check(connection, seen):
                is_sound = False
                yield fault
        if is_sound and heads:
            verification.mark_verified(self.transaction, heads, self._clock.now())

    def verified(self) -> Verified:
        with open_reader(self._database) as connection:
            marked = read_marks(connection, verification.VERIFIED)
            at = marked_at(connection, verification.VERIFIED)
        return Verified(sum(mark.number for mark in marked.values()), at)

    def seals(self, stage: str) -> Seals:
        return StageSeals(self._database, stage)

    def heads(self) -> Mapping[str, str]:
        with open_reader(self._database) as connection:
            begun = select(writers.c.writer, writers.c.head).where(writers.c.blocks > 0)
            return {row.writer: row.head for row in connection.execute(begun.order_by(writers.c.writer))}
