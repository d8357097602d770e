"""The seals of the rows of documents: what the ledger keeps with a delivery, so that `proof` can show what was changed.

Several events write one row: its version is added, judged again, corrected. So each row states the event that wrote it
last (`written_by`) and how often it was written (`writes`), and the delivery of that event is sealed with a part for
each row that is its own then: `KEY.WRITES.CONTENT`, the first the hash of table and key. The part with most writes of a
key is what the row has to be; a key without a row was removed.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, Table, and_, or_, select, update

from lienthong import Envelope
from lienthong.adapters.sql import format_keys, matches_any_key, with_any_key
from store.documents.reclassification_table import reclassifications
from store.documents.tables import (
    accesses,
    conversions,
    disputes,
    documents,
    findings,
    matches,
    notices,
    reuses,
    verdicts,
    versions,
)
from store.instants import format_instant

Entry = Mapping[str, Any]

NOTHING = "-"
"""The seal of a delivery that no row is left of: another event has written them since."""

_KEY_DIGITS, _CONTENT_DIGITS = 16, 32


def stamp(entry: Entry) -> dict[str, Any]:
    """What a new row states of the event that writes it."""
    return {"written_by": entry["event_id"], "written_at": format_instant(entry["at"]), "writes": 1}


def stamp_again(table: Table, entry: Entry) -> dict[str, Any]:
    """What a row that is changed states of the event that changes it."""
    return {**stamp(entry), "writes": table.c.writes + 1}


def parts_of(table: Table, row: Row[Any]) -> tuple[str, int, str]:
    """Key, writes and content of a row, as its seal has them."""
    values = row._mapping
    key = orjson.dumps([table.name, *(values[column.name] for column in table.primary_key)])
    content = orjson.dumps(sorted((name, value) for name, value in values.items() if value is not None))
    return _hash(key, _KEY_DIGITS), values["writes"], _hash(content, _CONTENT_DIGITS)


def parse(seal: str) -> Iterable[tuple[str, int, str]]:
    """The parts of a seal: key, writes, content. None of a text that is no such seal."""
    for part in seal.split():
        match part.split("."):
            case [key, writes, content] if writes.isdecimal():
                yield key, int(writes), content
            case _:
                continue


def seals_of(connection: Connection, written: Sequence[tuple[Entry, Mapping[str, Any]]]) -> Mapping[str, str]:
    """By event, the seal of its delivery, once all `written` are: entries, each with what it became.

    A query for each table, however many they are.
    """
    asked: _Asked = {}
    for entry, became in written:
        for table, column, key in _TOUCHED[entry["do"]](entry, became):
            asked.setdefault((table, column), set()).add(key)
    return _seals(connection, asked, {entry["event_id"]: entry for entry, _ in written})


def notice_seals(connection: Connection, envelopes: Sequence[Envelope]) -> Mapping[str, str]:
    """By event, the seals of announcements that were kept."""
    events = {of.id: {"event_id": of.id, "at": of.time} for of in envelopes}
    return _seals(connection, {(notices, "event_id"): set(events)}, events)


def _seals(connection: Connection, asked: "_Asked", events: Mapping[str, Entry]) -> Mapping[str, str]:
    parts: dict[str, list[str]] = {event: [] for event in events}
    for (table, column), keys in asked.items():
        for event, part in _parts(connection, table, column, keys, events):
            parts[event].append(part)
    return {event: " ".join(sorted(of_event)) or NOTHING for event, of_event in parts.items()}


def _parts(
    connection: Connection, table: Table, column: str, keys: Iterable[str], events: Mapping[str, Entry]
) -> Iterable[tuple[str, str]]:
    """The parts of the rows with these keys in a column that `events` wrote last, each with its event.

    A row of one of them from before there were seals is sealed now, as it is.
    """
    dialect = connection.dialect.name
    values = {"keys": format_keys(dialect, sorted(keys)), "events": format_keys(dialect, sorted(events))}
    found = connection.execute(_query(dialect, table, column), values).all()
    unsealed = [row for row in found if row.written_by is None]
    for row in unsealed:
        of_row = and_(*(of == row._mapping[of.name] for of in table.primary_key))
        connection.execute(update(table).where(of_row).values(**stamp_again(table, events[row.event_id])))
    if unsealed:
        found = connection.execute(_query(dialect, table, column), values).all()
    for row in found:
        key, writes, content = parts_of(table, row)
        yield row.written_by, f"{key}.{writes}.{content}"


@cache
def _query(dialect: str, table: Table, column: str) -> Select[Any]:
    found = with_any_key(dialect, select(table), table.c[column], "keys")
    of = found.selected_columns if dialect == "postgresql" else table.c
    by_event = matches_any_key(dialect, of.written_by, "events")
    from_before = and_(of.written_by.is_(None), matches_any_key(dialect, of.event_id, "events"))
    return found.where(or_(by_event, from_before))


def _hash(content: bytes, digits: int) -> str:
    return hashlib.sha256(content).hexdigest()[:digits]


_Asked = dict[tuple[Table, str], set[str]]
_Touched = Iterable[tuple[Table, str, str]]


def _of_document(_: Entry, became: Mapping[str, Any]) -> _Touched:
    return [(table, "document_id", became["document_id"]) for table in (documents, versions, verdicts)]


def _of_judgement(entry: Entry, _: Mapping[str, Any]) -> _Touched:
    return [(table, "document_id", entry["document_id"]) for table in (versions, verdicts)]


def _of_resolution(entry: Entry, became: Mapping[str, Any]) -> _Touched:
    return [(disputes, "dispute_id", entry["dispute_id"]), *_of_document(entry, became)]


def _of_reading(entry: Entry, _: Mapping[str, Any]) -> _Touched:
    return [(accesses, "event_id", entry["event_id"])]


def _of_reclassification(_: Entry, became: Mapping[str, Any]) -> _Touched:
    return [(reclassifications, "document_id", became["document_id"]), *_of_document(_, became)]


_TOUCHED: Mapping[str, Callable[[Entry, Mapping[str, Any]], _Touched]] = {
    "add": _of_document,
    "judge": _of_judgement,
    "reclassify": _of_reclassification,
    "reuse": lambda entry, _: [(reuses, "document_id", entry["document_id"])],
    "dispute": lambda _, became: [(disputes, "dispute_id", became["dispute_id"])],
    "resolve": _of_resolution,
    "convert": lambda entry, _: [(conversions, "number", entry["number"]), *_of_reading(entry, _)],
    "match": lambda entry, _: [(matches, "event_id", entry["event_id"]), *_of_reading(entry, _)],
    "read": _of_reading,
    "find": lambda entry, _: [(findings, "identity", entry["citizen_id"]), *_of_reading(entry, _)],
}
"""By the kind of an entry, the tables with rows that it may have written, and the keys these are found by."""
