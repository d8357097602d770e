"""The proof of the data store: each row is what the bus delivered, by the seals that the chain of the ledger has.

Rows that were written before deliveries were sealed have no seal, and cannot be proved.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, and_, exists, select

from lienthong import Envelope, Seals, parse_utc
from lienthong.adapters.sql import Database, translate_errors
from schemas.canonical import dossier_v1
from store import tables
from store.version_rows import ROWS, TableRow, seal_of

_BATCH = 500
_SEALED = (
    *(tables.service_periods, tables.accounts, tables.procedures, tables.submissions, tables.payments),
    *(tables.units, tables.portal_accounts),
    *(tables.counter_checks, tables.acknowledgements),
    *(tables.questions, tables.question_answers, tables.petitions),
)
"""The tables whose rows are sealed column by column."""


def differences(database: Database, seals: Seals) -> Iterator[str]:
    """A sentence for every row that was changed, or removed from the dossiers. It names keys, never persons."""
    yield from _changed_versions(database, seals)
    yield from _changed_dossiers(database, seals)
    yield from _missing_dossiers(database)
    for table in _SEALED:
        yield from changed_rows(database, seals, table)


def _changed_versions(database: Database, seals: Seals) -> Iterator[str]:
    for row, seal in _with_seals(database, seals, select(tables.dossier_versions)):
        where = f"kho dữ liệu, lịch sử hồ sơ {row.code} ({row.source}), sự kiện {row.event_id}"
        if seal is None:
            yield f"{where}: sổ cái không có lần giao nào vào kho"
        elif seal and not _is_as_delivered(row, seal):
            yield f"{where}: không còn là nội dung đã giao"


def _changed_dossiers(database: Database, seals: Seals) -> Iterator[str]:
    dossiers, versions = tables.dossiers.c, tables.dossier_versions
    newest = and_(*(versions.c[name] == dossiers[name] for name in ("source", "code", "event_id")))
    query = select(tables.dossiers, versions.c.data).outerjoin(versions, newest)
    for row, seal in _with_seals(database, seals, query):
        where = f"kho dữ liệu, hồ sơ {row.code} ({row.source})"
        if seal is None:
            yield f"{where}: sổ cái không có lần giao nào vào kho"
        elif row.data is None:
            yield f"{where}: lịch sử không còn phiên bản này"
        elif seal:
            expected = row_of_version(row) or {}
            changed = [column.name for column in dossiers if expected.get(column.name) != row._mapping[column.name]]
            if changed:
                yield f"{where}: cột {', '.join(changed)} khác với nội dung đã giao"


def _missing_dossiers(database: Database) -> Iterator[str]:
    dossiers, versions = tables.dossiers.c, tables.dossier_versions.c
    has_dossier = exists().where(dossiers.source == versions.source, dossiers.code == versions.code)
    query = select(versions.source, versions.code).where(~has_dossier).distinct()
    with _connect(database) as connection:
        for row in connection.execute(query, execution_options={"yield_per": _BATCH}):
            yield f"kho dữ liệu, hồ sơ {row.code} ({row.source}): còn trong lịch sử nhưng mất trong bảng hồ sơ"


def changed_rows(database: Database, seals: Seals, table: Table) -> Iterator[str]:
    """Of a table without a history: the row itself is what was sealed."""
    for row, seal in _with_seals(database, seals, select(table)):
        where = f"kho dữ liệu, bảng {table.name}, sự kiện {row.event_id}"
        if seal is None:
            yield f"{where}: sổ cái không có lần giao nào vào kho"
        elif seal and seal_of(dict(zip(row._fields, row, strict=True))) != seal:
            yield f"{where}: không còn là nội dung đã giao"


@contextmanager
def _connect(database: Database) -> Iterator[Connection]:
    """A connection in a transaction, which a result that is streamed needs on PostgreSQL."""
    with translate_errors("kho dữ liệu không trả lời khi kiểm chứng"), database.connect() as connection:
        yield connection


def _with_seals(database: Database, seals: Seals, query: Any) -> Iterator[tuple[Row[Any], str | None]]:
    """The rows of a query, each with the seal of its event; None when its event was never delivered."""
    with _connect(database) as connection:
        result = connection.execute(query, execution_options={"yield_per": _BATCH})
        for rows in result.partitions(_BATCH):
            found = seals([row.event_id for row in rows])
            yield from ((row, found.get(row.event_id)) for row in rows)


def row_of_version(row: Row[Any]) -> TableRow | None:
    """The row that the JSON of a version makes, that JSON included; None when it makes none."""
    try:
        data: Mapping[str, Any] = orjson.loads(row.data)
        moment = parse_utc(data["observed_at"])
        of = Envelope(row.event_id, dossier_v1.TYPE, row.source, row.code, moment, moment, data)
        return {**ROWS[dossier_v1.TYPE](of, data), "data": row.data}
    except (KeyError, TypeError, ValueError):
        return None


def _is_as_delivered(row: Row[Any], seal: str) -> bool:
    """Whether the JSON of a version has the seal, and makes the other columns."""
    expected = row_of_version(row)
    return expected is not None and seal_of(expected) == seal and expected.items() >= row._asdict().items()
