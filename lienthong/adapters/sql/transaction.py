"""What is written in one transaction of the ledger."""

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC
from typing import Any, Literal

import orjson
from sqlalchemy import Engine, Row, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.bulk import write_rows
from lienthong.adapters.sql.database import WriteTransaction
from lienthong.adapters.sql.hash_chains import move_head, next_link
from lienthong.adapters.sql.key_queries import select_by_keys
from lienthong.adapters.sql.partitions import Partitions
from lienthong.adapters.sql.schema import blocks, bodies, cursors, dead_letters, entries, postings
from lienthong.envelope import Envelope, format_instant
from lienthong.ledger.double_entry import local_day
from lienthong.ledger.double_entry import postings as postings_of
from lienthong.ledger.hash_chain import block_hash
from lienthong.ledger.records import DeadLetter, Entry, Received, may_follow
from lienthong.ports import Clock, Cursor

# Statements are built once: SQLAlchemy's work on building one costs more than a database's on answering it.
_KNOWN = select(bodies.c.event_id)
_HELD = select(cursors).where(cursors.c.source == bindparam("its")).with_for_update()
_OF_SOURCE = update(cursors).where(cursors.c.source == bindparam("its"))
_MOVED = _OF_SOURCE.values(cursor=bindparam("now"), taken=bindparam("number"))
_FOLLOWS = func.coalesce(cursors.c.handed_over, 0) == bindparam("before")
_HANDED_OVER = _OF_SOURCE.where(_FOLLOWS).values(handed_over=bindparam("number"))
_BLOCK = insert(blocks)
_EVENT = (entries.c.event_id, entries.c.received_at)
_LAST_WORDS = select(entries.c.event_id, entries.c.turn, entries.c.verdict).where(
    entries.c.stage == bindparam("stage"),
    entries.c.day.between(bindparam("first"), bindparam("last")),  # so that only their partitions are looked at
)


class SqlLedgerTransaction(WriteTransaction):
    """See `LedgerTransaction`. Rows of SQL sinks are written through the same `connection`."""

    def __init__(self, database: Engine, turnstile: threading.Semaphore, months: Partitions, clock: Clock) -> None:
        super().__init__(database, turnstile)
        self._months = months
        self._clock = clock

    def __enter__(self) -> "SqlLedgerTransaction":
        return self

    def receive(self, envelopes: Sequence[Envelope], stage: str, to: Sequence[str], cursor: Cursor) -> Received:
        source = stage.removeprefix("source.")
        first = self._hold(source).taken + 1
        unique: dict[str, Envelope] = {}
        for envelope in envelopes:
            unique.setdefault(envelope.id, envelope)  # told twice, it was received when it was told first
        known = set(select_by_keys(self.connection, _KNOWN, (bodies.c.event_id,), list(unique)).scalars())
        fresh = [envelope for envelope in unique.values() if envelope.id not in known]
        self._months.make_room({local_day(envelope.received_at) for envelope in fresh})
        received = [rows.body_row(envelope, number) for number, envelope in enumerate(fresh, first)]
        write_rows(self.connection, bodies, rows.BODY, received)
        told = self._append([_received(envelope, stage, tuple(to)) for envelope in fresh])
        numbers = range(first, first + len(fresh))
        moved = {"its": source, "now": orjson.dumps(cursor).decode(), "number": numbers.stop - 1}
        self.connection.execute(_MOVED, moved)
        return Received(fresh, numbers, told)

    def mark_published(self, source: str, numbers: range) -> None:
        told = {"its": source, "before": numbers.start - 1, "number": numbers.stop - 1}
        self.connection.execute(_HANDED_OVER, told)

    def reset_published(self) -> None:
        self.connection.execute(update(cursors).where(cursors.c.handed_over.is_not(None)).values(handed_over=None))

    def record(self, told: Sequence[Entry], letters: Sequence[DeadLetter] = ()) -> Sequence[Entry]:
        if told and all(entry.turn == 1 for entry in told):
            # Whatever a stage said of an event, its first turn is among it: that the unique index knows, so nobody
            # asks. Who is told twice costs a look, and that is seldom.
            with suppress(IntegrityError), self.connection.begin_nested():
                return self._append(told, letters)
        news, unsaid = self._news(told)
        return self._append([*unsaid, *news], letters)[len(unsaid) :]

    def _append(self, news: Sequence[Entry], letters: Sequence[DeadLetter] = ()) -> Sequence[Entry]:
        if not news:
            return ()
        self._months.make_room({local_day(entry.received_at) for entry in news})
        parked = _letters_of(news, letters)
        fresh = [_finished(entry, parked) if entry.verdict == "dead" or entry.reason else entry for entry in news]
        link = next_link(self.connection)
        at = self._clock.now().astimezone(UTC)
        chained = block_hash(link.previous, link.writer, link.number, at, fresh, witness=link.witness)
        write_rows(self.connection, entries, rows.ENTRY, rows.entry_rows(link.writer, link.number, fresh))
        self.connection.execute(_BLOCK, rows.block_row(link, at, len(fresh), chained))
        amounts = rows.posting_rows(link.writer, link.number, postings_of(fresh))
        write_rows(self.connection, postings, rows.POSTING, amounts)
        move_head(self.connection, link, chained)
        write_rows(self.connection, dead_letters, rows.LETTER, [tuple(row.values()) for row in parked.values()])
        return fresh

    def unpark(self, number: int, state: Literal["replayed", "discarded"]) -> bool:
        parked = (dead_letters.c.number == number) & (dead_letters.c.state == "parked")
        return self.connection.execute(update(dead_letters).where(parked).values(state=state)).rowcount == 1

    def _hold(self, source: str) -> Row[tuple[str, str, int, int | None]]:
        """The row of a source, ours until the end: what two processes take from one source, they take in turn."""
        row = self.connection.execute(_HELD, {"its": source}).one_or_none()
        if row is None:
            dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
            first = dialect.insert(cursors).values(source=source, cursor="{}")
            self.connection.execute(first.on_conflict_do_nothing())
            row = self.connection.execute(_HELD, {"its": source}).one()
        return row

    def _news(self, told: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
        """Those entries that say something new: a later turn at a stage that has no final verdict yet.

        And what has to be said before them: a try that ended between publishing the next turn and its own commit left
        no word, and must not find room for one when it comes again.
        """
        last: dict[tuple[str, str], tuple[int, str]] = {}
        by_stage: dict[str, list[Entry]] = {}
        for entry in told:
            by_stage.setdefault(entry.stage, []).append(entry)
        for stage, own in by_stage.items():
            days = [local_day(entry.received_at) for entry in own]
            ids = [entry.event_id for entry in own]
            received = [format_instant(entry.received_at) for entry in own]
            own_days = {"stage": stage, "first": min(days), "last": max(days)}
            for event_id, turn, verdict in select_by_keys(
                self.connection, _LAST_WORDS, _EVENT, ids, received, **own_days
            ):
                if turn >= last.get((event_id, stage), (-1, ""))[0]:
                    last[event_id, stage] = (turn, verdict)
        fresh, unsaid = [], []
        for entry in told:
            turn, verdict = last.get((entry.event_id, entry.stage), (-1, ""))
            if entry.turn > turn and may_follow(verdict, entry.verdict):
                fresh.append(entry)
                last[entry.event_id, entry.stage] = (entry.turn, entry.verdict)
                if turn == -1 and entry.turn > 1:
                    unsaid.append(_first_turn(entry))
        return fresh, unsaid


Parked = Mapping[tuple[str, str, int], Mapping[str, Any]]
"""The rows of letters, by event, stage and turn."""


def _letters_of(written: Sequence[Entry], letters: Sequence[DeadLetter]) -> Parked:
    if not letters:
        return {}
    dead = {(entry.event_id, entry.stage, entry.turn) for entry in written if entry.verdict == "dead"}
    keyed = (((letter.envelope.id, letter.stage, letter.turn), letter) for letter in letters)
    return {key: rows.letter_row(letter) for key, letter in keyed if key in dead}


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


def _first_turn(entry: Entry) -> Entry:
    """What a later turn says of the first: it ended with the event waiting, or there would be no later one."""
    why = "lần thử đầu bị ngắt sau khi hẹn lần sau, trước khi ghi sổ"
    return entry._replace(turn=1, verdict="later", reason=why, to=(), who="")


def _finished(entry: Entry, parked: Parked) -> Entry:
    """With the seal of its letter, and without NUL, which PostgreSQL's text cannot hold: one strange reason must not
    hold up a bundle for ever.
    """
    letter = parked.get((entry.event_id, entry.stage, entry.turn)) if entry.verdict == "dead" else None
    sealed = entry._replace(seal=rows.seal(letter)) if letter else entry
    if "\0" not in sealed.reason:
        return sealed
    return sealed._replace(reason=sealed.reason.replace("\0", "\N{REPLACEMENT CHARACTER}"))
