"""The ledger over SQLAlchemy: what is written, and the questions that are answered from single events."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from itertools import groupby
from typing import Any, Literal

import orjson
from sqlalchemy import Engine, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.accounts import Balance, DeadLetter, Entry, Open, may_follow
from lienthong.adapters.sql import audit, rows
from lienthong.adapters.sql.balance import balance, in_flight
from lienthong.adapters.sql.database import WriteTransaction, reading
from lienthong.adapters.sql.letter_edits import edited_envelopes
from lienthong.adapters.sql.schema import blocks, bodies, cursors, dead_letters, entries, metadata, postings, writers
from lienthong.bookkeeping import GENESIS, block_hash, open_after
from lienthong.bookkeeping import postings as postings_of
from lienthong.envelope import Envelope, parse_utc
from lienthong.ports import Clock, Cursor

MAX_KEYS = 500
"""Keys in one IN list; SQLite's and PostgreSQL's limits are far above, their planners are not."""


class SqlLedger:
    """One writer's door to the ledger. Any number of threads and processes may hold one on the same database."""

    def __init__(self, database: Engine, clock: Clock, *, writer: str = "main") -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._turnstile = threading.Lock()
        metadata.create_all(database)

    def transaction(self) -> "SqlLedgerTransaction":
        return SqlLedgerTransaction(self._database, self._turnstile, self._clock, self._writer)

    def cursor(self, source: str) -> Cursor:
        with reading(self._database) as connection:
            text = connection.scalar(select(cursors.c.cursor).where(cursors.c.source == source))
        found: Cursor = orjson.loads(text) if text else {}
        return found

    def known(self, event_ids: Sequence[str]) -> set[str]:
        with reading(self._database) as connection:
            return {
                found
                for keys in _slices(event_ids)
                for found in connection.scalars(select(bodies.c.event_id).where(bodies.c.event_id.in_(keys)))
            }

    def in_flight(self) -> int:
        with reading(self._database) as connection:
            return in_flight(connection)

    def unfinished(self) -> Iterator[Open]:
        """Only days whose postings do not come to rest are searched, so a long history costs nothing."""
        with reading(self._database) as connection:
            events = audit.open_events(connection)
        for event_ids in _slices(events):
            with reading(self._database) as connection:
                found = connection.execute(select(bodies).where(bodies.c.event_id.in_(event_ids))).all()
                raw = {row.event_id: rows.received(row) for row in found}
                lines = connection.execute(
                    select(entries).where(entries.c.event_id.in_(event_ids)).order_by(entries.c.event_id)
                ).all()
                edited = edited_envelopes(connection, event_ids)
            for event_id, own in groupby(lines, key=lambda row: str(row.event_id)):
                for stage, (via, turn) in open_after([rows.entry(row) for row in own]).items():
                    given = edited.get((event_id, via), raw[event_id])
                    yield Open(given, via, stage, turn, edited.get((event_id, stage)))

    def trail(self, key: str) -> Sequence[Entry]:
        with reading(self._database) as connection:
            own = select(bodies.c.event_id).where(or_(bodies.c.subject == key, bodies.c.event_id == key))
            found = connection.execute(
                select(entries, blocks.c.at)
                .join(blocks, (blocks.c.writer == entries.c.writer) & (blocks.c.number == entries.c.block))
                .where(entries.c.event_id.in_(own))
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

    def balance(self) -> Balance:
        with reading(self._database) as connection:
            return balance(connection)

    def verify(self) -> Iterator[str]:
        with reading(self._database) as connection:
            yield from audit.verify(connection)


class SqlLedgerTransaction(WriteTransaction):
    """See `LedgerTransaction`. Rows of SQL sinks are written through the same `connection`."""

    def __init__(self, database: Engine, turnstile: threading.Lock, clock: Clock, writer: str) -> None:
        super().__init__(database, turnstile)
        self._clock = clock
        self._writer = writer

    def __enter__(self) -> "SqlLedgerTransaction":
        return self

    def take(self, envelopes: Sequence[Envelope], stage: str, to: Sequence[str], cursor: Cursor) -> Sequence[Envelope]:
        unique = {envelope.id: envelope for envelope in envelopes}
        known = {
            found
            for keys in _slices(list(unique))
            for found in self.connection.scalars(select(bodies.c.event_id).where(bodies.c.event_id.in_(keys)))
        }
        fresh = [envelope for envelope in unique.values() if envelope.id not in known]
        if fresh:
            self.connection.execute(insert(bodies), [rows.body_row(envelope) for envelope in fresh])
            self.record([_received(envelope, stage, tuple(to)) for envelope in fresh])
        source = stage.removeprefix("source.")
        self._upsert(cursors, {"source": source, "cursor": orjson.dumps(cursor).decode()}, key="source")
        return fresh

    def record(self, told: Sequence[Entry], letters: Sequence[DeadLetter] = ()) -> Sequence[Entry]:
        fresh = self._not_yet_settled(told)
        if not fresh:
            return ()
        head = self.connection.execute(
            select(writers).where(writers.c.writer == self._writer).with_for_update()
        ).one_or_none()
        number, previous = (head.blocks + 1, head.head) if head else (1, GENESIS)
        at = self._clock.now().astimezone(UTC)
        chained = block_hash(previous, self._writer, number, at, fresh)
        self.connection.execute(insert(entries), rows.entry_rows(self._writer, number, fresh))
        block = {"writer": self._writer, "number": number, "at": at.isoformat(), "entries": len(fresh)}
        self.connection.execute(insert(blocks), block | {"previous": previous, "hash": chained})
        amounts = [
            {
                "writer": self._writer,
                "block": number,
                "source": source,
                "day": day,
                "account": account,
                "amount": amount,
            }
            for (source, day, account), amount in postings_of(fresh).items()
        ]
        if amounts:
            self.connection.execute(insert(postings), amounts)
        self._upsert(writers, {"writer": self._writer, "blocks": number, "head": chained}, key="writer")
        self._park(fresh, letters)
        return fresh

    def settle(self, number: int, state: Literal["replayed", "discarded"]) -> bool:
        parked = (dead_letters.c.number == number) & (dead_letters.c.state == "parked")
        return self.connection.execute(update(dead_letters).where(parked).values(state=state)).rowcount == 1

    def _park(self, written: Sequence[Entry], letters: Sequence[DeadLetter]) -> None:
        dead = {(entry.event_id, entry.stage, entry.turn) for entry in written if entry.verdict == "dead"}
        parked = [
            rows.letter_row(letter) for letter in letters if (letter.envelope.id, letter.stage, letter.turn) in dead
        ]
        if parked:
            self.connection.execute(insert(dead_letters), parked)

    def _not_yet_settled(self, told: Sequence[Entry]) -> list[Entry]:
        """Those entries that say something new: a later turn at a stage that has no final verdict yet."""
        last: dict[tuple[str, str], tuple[int, str]] = {}
        by_stage: dict[str, list[str]] = {}
        for entry in told:
            by_stage.setdefault(entry.stage, []).append(entry.event_id)
        for stage, event_ids in by_stage.items():
            for keys in _slices(event_ids):
                query = select(entries.c.event_id, entries.c.turn, entries.c.verdict).where(
                    entries.c.stage == stage, entries.c.event_id.in_(keys)
                )
                for event_id, turn, verdict in self.connection.execute(query):
                    if turn >= last.get((event_id, stage), (-1, ""))[0]:
                        last[event_id, stage] = (turn, verdict)
        fresh = []
        for entry in told:
            turn, verdict = last.get((entry.event_id, entry.stage), (-1, ""))
            if entry.turn > turn and may_follow(verdict, entry.verdict):
                fresh.append(entry)
                last[entry.event_id, entry.stage] = (entry.turn, entry.verdict)
        return fresh

    def _upsert(self, table: Any, values: dict[str, Any], *, key: str) -> None:
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table).values(values)
        others = {name: statement.excluded[name] for name in values if name != key}
        self.connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=others))


def _received(envelope: Envelope, stage: str, to: tuple[str, ...]) -> Entry:
    return Entry(
        envelope.id,
        envelope.source,
        envelope.subject,
        envelope.received_at,
        stage,
        turn=0,
        verdict="received",
        reason=envelope.type,  # so the chain also covers what kind of event was received
        to=to,
    )


def _slices(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + MAX_KEYS] for start in range(0, len(keys), MAX_KEYS))
