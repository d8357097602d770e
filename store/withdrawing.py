"""Taking back rows of the data store that events made and, by the routes of today, do not make any more.

Only the newest version of most records is kept. A row that is taken back leaves a gap, and the versions that it stood
before are stored again by the replay. A dossier has its history: its row is made of that at once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, delete, select

from lienthong import Envelope, Kept, Outcome
from lienthong.adapters.sql import Upsert, format_keys, matches_any_key, upsert_rows, with_any_key
from store import tables
from store.proof import row_of_version
from store.version_rows import TableRow

RowOf = Callable[[Envelope, Mapping[str, Any]], tuple[Outcome, TableRow | None]]
"""The outcome of an event, and its row where it has one."""

Upserts = Mapping[str, Sequence[Upsert]]

_BY_CODE = (tables.dossiers, tables.dossier_versions, tables.submissions)
"""Tables that are too large to be searched by event: their rows are found by the code of the dossier."""

Expected = Mapping[str, Mapping[str, list[TableRow]]]
"""By name of a table and id of an event, the rows that it makes."""


def dossiers_of(events: Iterable[Kept], portal: str) -> Iterable[tuple[str, str]]:
    """Source and code of the dossiers that the events may be about; what is pushed is about those of `portal`."""
    return sorted({(source, code) for event in events for code in _codes(event) for source in (event.source, portal)})


def withdraw(connection: Connection, events: Sequence[Kept], *, row_of: RowOf, upserts: Upserts) -> None:
    """Take back what the events made and do not make any more, or would not replace with what they make."""
    expected: dict[str, dict[str, list[TableRow]]] = defaultdict(lambda: defaultdict(list))
    judged: list[Kept] = []
    for event in events:
        rows = [(envelope.type, row_of(envelope, envelope.data_dict())[1]) for envelope in event.envelopes]
        if any(row is None for _, row in rows):
            continue  # it is refused, so what it made before stays
        judged.append(event)
        for kind, row in rows:
            for upsert in upserts[kind]:
                expected[upsert.table.name][event.event_id].append(row or {})
    kinds = {envelope.type for event in judged for envelope in event.envelopes}
    if any(not event.envelopes for event in judged):
        kinds = set(upserts)  # of what type it was is not known any more
    searched = {upsert.table.name: upsert.table for kind in sorted(kinds) for upsert in upserts[kind]}
    gaps: set[tuple[str, str]] = set()
    for name, table in searched.items():
        for known in _rows_of(connection, table, judged):
            if _is_stale(table, known, expected[name].get(known.event_id, ())):
                connection.execute(delete(table).where(_is_row(table, known)))
                if table in (tables.dossiers, tables.dossier_versions):
                    gaps.add((known.source, known.code))
    _fill(connection, gaps, expected, upserts)


def _is_row(table: Table, row: Row[Any]) -> ColumnElement[bool]:
    return and_(*(column == getattr(row, column.name) for column in table.primary_key))


def _is_stale(table: Table, row: Row[Any], current: Sequence[TableRow]) -> bool:
    """Whether an event does not make this row any more, or something that would not take its place."""
    keys = [column.name for column in table.primary_key]
    same = next((one for one in current if all(one[key] == getattr(row, key) for key in keys)), None)
    order = tables.VERSION_ORDER.get(table.name, ())
    return same is None or [same[name] for name in order] < [getattr(row, name) for name in order]


def _rows_of(connection: Connection, table: Table, events: Sequence[Kept]) -> Sequence[Row[Any]]:
    """The rows of a table that these events made."""
    dialect, ids = connection.dialect.name, {event.event_id for event in events}
    if table not in _BY_CODE:
        found = matches_any_key(dialect, table.c.event_id, "keys")
        return connection.execute(select(table).where(found), {"keys": format_keys(dialect, sorted(ids))}).all()
    keys = format_keys(dialect, sorted({code for event in events for code in _codes(event)}))
    rows: list[Row[Any]] = []
    for source in sorted({event.source for event in events}) if "source" in table.c else [None]:
        columns = [column for column in table.c if column.name not in ("data", "event")]
        query: Select[Any] = select(*columns)
        query = query if source is None else query.where(table.c.source == source)
        rows += connection.execute(with_any_key(dialect, query, table.c.code, "keys"), {"keys": keys}).all()
    return [row for row in rows if row.event_id in ids]


def _codes(event: Kept) -> set[str]:
    """The codes of dossiers that an event may be about: as its source writes it, and as the routes of today do."""
    codes = {envelope.data_dict().get("code") for envelope in event.envelopes}
    return {event.subject, *(code for code in codes if isinstance(code, str))} - {""}


def _fill(connection: Connection, gaps: set[tuple[str, str]], expected: Expected, upserts: Upserts) -> None:
    """Make the rows of dossiers again of their history, with what the events of this time make of it."""
    versions = tables.dossier_versions
    upsert = {one.table.name: one for of in upserts.values() for one in of}
    for source, code in sorted(gaps):
        current = [
            row
            for of_event in expected.get(versions.name, {}).values()
            for row in of_event
            if row["source"] == source and row["code"] == code
        ]
        _merge(connection, upsert[versions.name], current)
        of_dossier = select(versions).where(versions.c.source == source, versions.c.code == code)
        shown = [row_of_version(row) for row in connection.execute(of_dossier)]
        in_order = sorted((row for row in shown if row), key=lambda row: (row["observed_at"], row["event_id"]))
        for row in in_order:
            _merge(connection, upsert[tables.dossiers.name], [row])


def _merge(connection: Connection, upsert: Upsert, rows: Sequence[TableRow]) -> None:
    if rows:
        upsert_rows(connection, names=tuple(rows[0]), rows=[tuple(row.values()) for row in rows], upserts=[upsert])
