"""What is written in one transaction of the ledger."""

import threading
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from datetime import UTC
from typing import Literal

import orjson
from sqlalchemy import Engine, Row, bindparam, case, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from lienthong.adapters.sql import rows, schema
from lienthong.adapters.sql.acts import write_acts
from lienthong.adapters.sql.announcing import write_announcements
from lienthong.adapters.sql.bulk import undoes_itself, write_rows
from lienthong.adapters.sql.errors import refused_data
from lienthong.adapters.sql.handovers import handovers
from lienthong.adapters.sql.hash_chains import lock_chain, update_head
from lienthong.adapters.sql.identity import end_restoration
from lienthong.adapters.sql.key_queries import select_by_keys
from lienthong.adapters.sql.known_versions import decide
from lienthong.adapters.sql.new_entries import complete, letter_rows, received_entry, select_new
from lienthong.adapters.sql.partitions import Partitions
from lienthong.adapters.sql.schema import blocks, bodies, cursors, dead_letters
from lienthong.adapters.sql.write_transaction import WriteTransaction
from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.double_entry import local_day
from lienthong.ledger.double_entry import postings as postings_of
from lienthong.ledger.hash_chain import block_hash
from lienthong.ledger.records import DeadLetter, Entry, Handled, Reading, Received
from lienthong.messages import in_ledger_language
from lienthong.ports import Clock, Cursor
from lienthong.route import Origin

# Statements are built once: SQLAlchemy needs more time to build one than a database to answer it.
# Parameters must not have the names of columns: SQLAlchemy reserves those in an UPDATE.
_SELECT_KNOWN = select(bodies.c.event_id)
_LOCK_CURSOR = select(cursors).where(cursors.c.source == bindparam("source_name")).with_for_update()
_UPDATE_SOURCE = update(cursors).where(cursors.c.source == bindparam("source_name"))
_UPDATE_CURSOR = _UPDATE_SOURCE.values(cursor=bindparam("cursor_json"), received_count=bindparam("last_number"))
_IS_NEXT = func.coalesce(cursors.c.published_count, 0) == bindparam("previous_number")
_UPDATE_PUBLISHED = _UPDATE_SOURCE.where(_IS_NEXT).values(published_count=bindparam("last_number"))
_UPDATE_HANDLED = _UPDATE_SOURCE.values(
    received_count=bindparam("last_number"), published_count=bindparam("last_published")
)
_INSERT_BLOCK = insert(blocks)


class _Known(Exception):  # noqa: N818 - a signal, not an error that is reported
    """The ledger has an entry already."""


INBOXES, REQUESTS = str(Origin("inbox", "")), str(Origin("request", ""))
"""How the source of every push and of every question begins."""


class SqlLedgerTransaction(WriteTransaction):
    """See `LedgerTransaction`. SQL sinks write their rows through the same `connection`."""

    def __init__(
        self, database: Engine, *, write_slots: threading.Semaphore, partitions: Partitions, clock: Clock
    ) -> None:
        super().__init__(database, write_slots)
        self._partitions = partitions
        self._clock = clock

    def __enter__(self) -> "SqlLedgerTransaction":
        return self

    @refused_data()
    def receive(
        self,
        envelopes: Sequence[Envelope],
        *,
        source: str,
        to: Sequence[str],
        cursor: Cursor,
        before: int | None = None,
        hold: bool = False,
        recorded: bool = False,
        who: str = "",
        unique: bool = False,
    ) -> Received:
        row = self._lock_cursor(source)
        first = row.received_count + 1
        ids = list({envelope.id: None for envelope in envelopes})
        known = set(select_by_keys(self.connection, _SELECT_KNOWN, (bodies.c.event_id,), ids).scalars())
        earlier = row.received_count if before is None else before
        held: Sequence[Envelope] = ()
        if unique:
            fresh = list({one.id: one for one in reversed(envelopes) if one.id not in known}.values())[::-1]
        elif known or len(ids) < len(envelopes):
            fresh, held = decide(self.connection, envelopes, known, before=earlier, hold=hold, recorded=recorded)
        else:  # the usual case
            fresh = list(envelopes)
        self._partitions.ensure({local_day(envelope.received_at) for envelope in fresh})
        body_rows = [rows.body_row(envelope, number) for number, envelope in enumerate(fresh, first)]
        write_rows(self.connection, bodies, names=rows.BODY_COLUMNS, rows=body_rows)
        written = self._append([received_entry(envelope, f"source.{source}", tuple(to), who) for envelope in fresh])
        numbers = range(first, first + len(fresh))
        parameters = {
            "source_name": source,
            "cursor_json": row.cursor if held else orjson.dumps(cursor).decode(),
            "last_number": numbers.stop - 1,
        }
        self.connection.execute(_UPDATE_CURSOR, parameters)
        return Received(fresh, numbers, written, held)

    @refused_data()
    def receive_handled(
        self, handled: Sequence[Handled], *, source: str, to: str, quiet: bool, letters: Sequence[DeadLetter] = ()
    ) -> None:
        row = self._lock_cursor(source)
        first, published = row.received_count + 1, row.published_count or 0
        last = row.received_count + len(handled)
        self._partitions.ensure({local_day(one.envelope.received_at) for one in handled})
        body_rows = [rows.body_row(one.envelope, number) for number, one in enumerate(handled, first)]
        write_rows(self.connection, bodies, names=rows.BODY_COLUMNS, rows=body_rows)
        received = [
            received_entry(one.envelope, f"source.{source}", (to,), one.who)._replace(seal=rows.digest_of(body_row))
            for one, body_row in zip(handled, body_rows, strict=True)
        ]
        self._append([*received, *(one.entry for one in handled)], letters)
        last_published = last if quiet and published == first - 1 else published
        counts = {"source_name": source, "last_number": last, "last_published": last_published}
        self.connection.execute(_UPDATE_HANDLED, counts)

    def mark_published(self, source: str, numbers: range) -> None:
        parameters = {
            "source_name": source,
            "previous_number": numbers.start - 1,
            "last_number": numbers.stop - 1,
        }
        self.connection.execute(_UPDATE_PUBLISHED, parameters)

    def mark_reading(self, source: str, reading: Reading) -> None:
        self._lock_cursor(source)
        self.connection.execute(
            _UPDATE_SOURCE.values(reading=bindparam("state")), {"source_name": source, "state": reading}
        )

    def adopt(self, envelopes: Sequence[Envelope], *, source: str, to: Sequence[str], who: str) -> Sequence[Envelope]:
        row = self._lock_cursor(source)
        unique = {envelope.id: envelope for envelope in envelopes}
        known = set(select_by_keys(self.connection, _SELECT_KNOWN, (bodies.c.event_id,), list(unique)).scalars())
        fresh = [envelope for event_id, envelope in unique.items() if event_id not in known]
        if not fresh:
            return ()
        numbers = range(row.received_count + 1, row.received_count + 1 + len(fresh))
        self._partitions.ensure({local_day(envelope.received_at) for envelope in fresh})
        body_rows = [rows.body_row(envelope, number) for number, envelope in zip(numbers, fresh, strict=True)]
        write_rows(self.connection, bodies, names=rows.BODY_COLUMNS, rows=body_rows)
        self._append([received_entry(envelope, f"source.{source}", tuple(to), who) for envelope in fresh])
        parameters = {"source_name": source, "cursor_json": row.cursor, "last_number": numbers.stop - 1}
        self.connection.execute(_UPDATE_CURSOR, parameters)
        self.mark_published(source, numbers)
        return fresh

    def announce(self, stage: str, bundles: Sequence[Bundle]) -> None:
        write_announcements(self.connection, stage, bundles, self._clock.now())

    def end_restoration(self) -> None:
        end_restoration(self.connection)

    def note_handover(self, stage: str, events: int, why: str, who: str = "") -> None:
        handover = {"at": self._clock.now().astimezone(UTC).isoformat(), "stage": stage, "events": events}
        self.connection.execute(insert(handovers).values(**handover, why=in_ledger_language(why), who=who))

    def reset_published(self) -> None:
        # What is open of a request is found among all that is open, and not once more by its numbers.
        answered = case((cursors.c.source.startswith(REQUESTS), cursors.c.received_count), else_=None)
        self.connection.execute(
            update(cursors).where(cursors.c.published_count.is_not(None)).values(published_count=answered)
        )

    def record(self, entries: Sequence[Entry], letters: Sequence[DeadLetter] = ()) -> Sequence[Entry]:
        if entries and all(entry.turn == 1 for entry in entries):
            # First turns skip the query for earlier entries: the unique index (received_at, event_id, stage, turn)
            # rejects duplicates. After a violation, which is rare, the savepoint is rolled back and the query is made.
            # A single statement needs no savepoint on SQLite: one that is refused leaves nothing.
            alone = undoes_itself(self.connection, len(entries))
            with suppress(_Known), nullcontext() if alone else self.connection.begin_nested():
                return self._append(entries, letters, first_turns=True)
        new = select_new(self.connection, entries)
        return self._append([*new.missing, *new.entries], letters)[len(new.missing) :]

    def _append(
        self, entries: Sequence[Entry], letters: Sequence[DeadLetter] = (), *, first_turns: bool = False
    ) -> Sequence[Entry]:
        """Write one block of entries to a chain, with its postings and letters. Returns the entries as written.

        Raises `_Known` for `first_turns` that are not all new.
        """
        if not entries:
            return ()
        self._partitions.ensure({local_day(entry.received_at) for entry in entries})
        parked = letter_rows(entries, letters)
        written = [complete(entry, parked) if entry.verdict == "dead" or entry.reason else entry for entry in entries]
        block = lock_chain(self.connection)
        at = self._clock.now().astimezone(UTC)
        hashed = block_hash(
            written, previous=block.previous, writer=block.writer, number=block.number, at=at, witness=block.witness
        )
        entry_rows = rows.entry_rows(block.writer, block.number, written)
        try:
            write_rows(self.connection, schema.entries, names=rows.ENTRY_COLUMNS, rows=entry_rows)
        except IntegrityError as error:
            if first_turns:
                raise _Known from error
            raise
        self.connection.execute(_INSERT_BLOCK, rows.block_row(block, at, entry_rows=entry_rows, block_hash=hashed))
        posting_rows = rows.posting_rows(block.writer, block.number, postings_of(written))
        write_rows(self.connection, schema.postings, names=rows.POSTING_COLUMNS, rows=posting_rows)
        update_head(self.connection, block, hashed)
        letters_by_column = [tuple(row.values()) for row in parked.values()]
        write_rows(self.connection, dead_letters, names=rows.LETTER_COLUMNS, rows=letters_by_column)
        write_acts(self.connection, written, at)
        return written

    def unpark(self, number: int, state: Literal["replayed", "discarded"]) -> bool:
        parked = (dead_letters.c.number == number) & (dead_letters.c.state == "parked")
        return self.connection.execute(update(dead_letters).where(parked).values(state=state)).rowcount == 1

    def _lock_cursor(self, source: str) -> Row[tuple[str, str, int, int | None, str]]:
        """The row of a source, created if need be and locked until the end: processes receive from it in turn."""
        row = self.connection.execute(_LOCK_CURSOR, {"source_name": source}).one_or_none()
        if row is None:
            dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
            # Nothing of an inbox is published yet: so what waits is counted also before the bus first runs.
            published = 0 if source.startswith(INBOXES) else None
            first = dialect.insert(cursors).values(source=source, cursor="{}", published_count=published)
            self.connection.execute(first.on_conflict_do_nothing())
            row = self.connection.execute(_LOCK_CURSOR, {"source_name": source}).one()
        return row
