"""The proof of the documents: each row is what its last delivery wrote, and none was removed or added.

The seals of all deliveries are read into a table on disk, and the rows are held against it, so memory does not grow.
Rows from before there were seals are counted, as far as the ledger has the delivery of their event.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Table, select

from lienthong import Clock, Seals, Unprovable
from lienthong.adapters.sql import Database, translate_errors
from store.documents.reclassification_table import reclassifications
from store.documents.sealing import parse, parts_of
from store.documents.tables import (
    accesses,
    conversions,
    disputes,
    documents,
    findings,
    matches,
    reuses,
    verdicts,
    versions,
)
from store.instants import format_instant

SEALED = (
    *(documents, versions, verdicts, reuses, disputes, matches, accesses, findings, conversions),
    reclassifications,
)
"""The tables that the sink of documents writes. Certificates are proved by the verdicts (`certificate_proof`)."""

_BATCH = 500
_UNRECORDED = timedelta(hours=1)
"""The register writes before the ledger does; what the ledger has not after this time, it never will."""

_EXPECTED = "CREATE TABLE expected (key TEXT PRIMARY KEY, writes INTEGER, content TEXT, event TEXT, seen INTEGER)"
_EXPECT = (
    "INSERT INTO expected VALUES (?, ?, ?, ?, 0) ON CONFLICT (key) DO UPDATE"
    " SET writes = excluded.writes, content = excluded.content, event = excluded.event"
    " WHERE excluded.writes > expected.writes"
)


def differences(database: Database, clock: Clock, seals: Seals, tables: Sequence[Table]) -> Iterator[str]:
    """A sentence for every row that is not as it was delivered, and for every one that is missing."""
    with closing(sqlite3.connect("")) as scratch:  # a file of its own, which is gone when it is closed
        scratch.execute(_EXPECTED)
        scratch.executemany(_EXPECT, _parts(seals))
        for table in tables:
            yield from _Proof(database, clock, seals, scratch, table).differences()
        missing = scratch.execute("SELECT event, count(*) FROM expected WHERE seen = 0 GROUP BY event ORDER BY event")
        for event, count in missing:
            yield f"kho giấy tờ, sự kiện {event}: {count} dòng đã ghi nay không còn"


def _parts(seals: Seals) -> Iterator[tuple[str, int, str, str]]:
    for event, seal in seals:
        yield from ((key, writes, content, event) for key, writes, content in parse(seal))


class _Proof:
    """The proof of one table."""

    def __init__(
        self, database: Database, clock: Clock, seals: Seals, scratch: sqlite3.Connection, table: Table
    ) -> None:
        self._database = database
        self._clock = clock
        self._seals = seals
        self._scratch = scratch
        self._table = table

    def differences(self) -> Iterator[str]:
        from_before = 0
        with translate_errors("kho giấy tờ không trả lời khi kiểm chứng"), self._database.connect() as connection:
            result = connection.execute(select(self._table), execution_options={"yield_per": _BATCH})
            for rows in result.partitions(_BATCH):
                doubtful = [row for row in rows if not self._is_as_delivered(row)]
                of_events = self._seals(sorted({_writer(row) for row in doubtful}))
                for row in doubtful:
                    if row.written_by is None and of_events.get(row.event_id) == "" and not self._is_known(row):
                        from_before += 1
                    elif (fault := self._fault(row, of_events)) is not None:
                        yield f"kho giấy tờ, {_name(self._table, row)}: {fault}"
        if from_before:
            why = "ghi trước khi sổ cái giữ dấu của giấy tờ nên không kiểm chứng được"
            yield Unprovable(f"kho giấy tờ, bảng {self._table.name}: {from_before} dòng {why}")

    def _is_as_delivered(self, row: Row[Any]) -> bool:
        key, writes, content = parts_of(self._table, row)
        update = "UPDATE expected SET seen = 1 WHERE key = ? RETURNING writes, content"
        found = self._scratch.execute(update, (key,)).fetchone()
        return bool(found == (writes, content))

    def _is_known(self, row: Row[Any]) -> bool:
        """Whether a delivery was sealed for this key: then the row cannot be from before there were seals."""
        query = "SELECT 1 FROM expected WHERE key = ?"
        return self._scratch.execute(query, parts_of(self._table, row)[:1]).fetchone() is not None

    def _fault(self, row: Row[Any], of_events: Mapping[str, str]) -> str | None:
        """What is wrong with a row that is not as delivered; None when its delivery is still to come."""
        writer = _writer(row)
        if writer in of_events:
            return "không còn là nội dung đã giao" if self._is_known(row) else "không có trong những gì đã giao"
        if row.written_by is not None and (self._is_new(row) or writer in self._seals.awaited([writer])):
            return None
        return (
            f"sổ cái không có sự kiện {writer} đã ghi dòng này: lời gọi bị ngắt giữa chừng và chưa gọi lại, "
            "hoặc ai đó đã sửa; hãy gọi lại, hoặc xóa dòng này"
        )

    def _is_new(self, row: Row[Any]) -> bool:
        now = self._clock.now()
        at = row.written_at or ""
        return format_instant(now - _UNRECORDED) < at <= format_instant(now + _UNRECORDED)


def _writer(row: Row[Any]) -> str:
    return str(row.written_by or row.event_id)


def _name(table: Table, row: Row[Any]) -> str:
    """The row by its key without the number of a citizen, and by the event that wrote it."""
    keys = [column.name for column in table.primary_key if column.name not in ("identity", "path", "event_id")]
    key = "".join(f", {name} {row._mapping[name]}" for name in keys)
    return f"bảng {table.name}{key}, sự kiện {row.event_id}"
