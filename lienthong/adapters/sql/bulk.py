"""Many rows at once: COPY on PostgreSQL, few prepared statements on SQLite.

The dialects are imported when a statement is first built: commands that build none start sooner.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, LargeBinary, MetaData, Table, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.types import TypeEngine

Rows = Sequence[Sequence[Any]]
"""Values in the order of their names."""

Merge = Callable[[Any], Any]
"""Given an INSERT (of the dialect, with `excluded`), the INSERT with its ON CONFLICT clause. A function of a module."""

_INT4 = 2**31
_SIZES = (256, 128, 64, 32, 16, 8, 4, 2, 1)


class Upsert(NamedTuple):
    """How rows find their place in a table where their keys may be known."""

    table: Table
    merge: Merge
    newer: tuple[str, ...] = ()
    """Columns that order rows of one key: where several come at once, only the last counts."""
    seldom_known: bool = False
    """Rows with a known key are so few that all are first written as if there were none."""


def write_rows(connection: Connection, table: Table, names: tuple[str, ...], rows: Rows) -> None:
    """Write `rows` of the columns `names`, given in the order of the table. A known key is an error."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, names, rows)
    else:
        _insert(connection, table, names, rows, None)


def upsert_rows(connection: Connection, names: tuple[str, ...], rows: Rows, upserts: Sequence[Upsert]) -> None:
    """Merge `rows` of the columns `names` into one table, or into several that each take the columns they have.

    Columns come in the order of each table.
    """
    for upsert in upserts if rows else ():
        own = tuple(name for name in names if name in upsert.table.columns)
        mine = rows if own == names else list(map(itemgetter(*map(names.index, own)), rows))
        # In the order of the key, so that neighbours are written together, and two workers lock the rows they share in
        # the same order.
        in_order = sorted(mine, key=_key(upsert.table, own))
        if connection.dialect.name == "postgresql":
            _merge(connection, upsert, own, in_order)
        else:
            _insert(connection, upsert.table, own, in_order, upsert.merge)


def _merge(connection: Connection, upsert: Upsert, names: tuple[str, ...], rows: Rows) -> None:
    """By way of a temporary table: COPY knows no conflicts.

    Of rows with one key only the last goes in, for PostgreSQL refuses to touch one row twice in a statement.
    """
    if upsert.seldom_known:
        with suppress(IntegrityError), connection.begin_nested():
            _copy(connection, upsert.table, names, rows)
            return
    _stage(connection, upsert.table, names, rows)
    shared = len(set(map(_key(upsert.table, names), rows))) < len(rows)
    connection.execute(_from_staged(upsert, names, shared))


def _key(table: Table, names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    """What gives a row's key."""
    return itemgetter(*(names.index(column.name) for column in table.primary_key))


def _insert(connection: Connection, table: Table, names: tuple[str, ...], rows: Rows, merge: Merge | None) -> None:
    """Straight to the driver: SQLAlchemy's work on every single value costs more than SQLite's.

    Many rows a statement, because Python's driver lets go of the interpreter's lock at every one, and getting it back
    from a busy thread costs more than writing a row. Powers of two, so that few statements are ever prepared.
    """
    start = 0
    for size in _SIZES:
        while start + size <= len(rows):
            values = tuple(chain.from_iterable(rows[start : start + size]))
            connection.exec_driver_sql(_prepared(table, names, merge, size), values)
            start += size


def _stage(connection: Connection, like: Table, names: tuple[str, ...], rows: Rows) -> None:
    staged = _staged(like)
    made = f"CREATE TEMPORARY TABLE IF NOT EXISTS {staged} (LIKE {like.name}) ON COMMIT DELETE ROWS"
    # It is empty unless it served this same transaction. TRUNCATE would cost a new file each time.
    emptied = f"DELETE FROM {staged}"  # noqa: S608 - a table's own name
    _copy(connection, like, names, rows, into=staged, before=f"{made}; {emptied}")


def _copy(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Rows, *, into: str = "", before: str = ""
) -> None:
    """Into `table`, or another with its columns. Binary: neither side has values to escape and to search through."""
    listed = ", ".join(f'"{name}"' for name in names)
    driver: Any = connection.connection.driver_connection  # SQLAlchemy has no word for COPY
    database: Any = connection.dialect.loaded_dbapi
    statement = f"COPY {into or table.name} ({listed}) FROM STDIN (FORMAT BINARY)"
    try:
        with closing(driver.cursor()) as cursor:
            for place in _integers(table, names):
                _in_range(map(itemgetter(place), rows), database.DataError)
            if before:
                cursor.execute(before)
            with cursor.copy(statement) as copy:
                copy.set_types(_types(table, names))
                for row in rows:
                    copy.write_row(row)
    except database.Error as error:
        raise DBAPIError.instance(None, None, error, database.Error, dialect=connection.dialect) from error


@cache
def _types(table: Table, names: tuple[str, ...]) -> tuple[str, ...]:
    """What PostgreSQL calls the types of these columns."""
    return tuple(_type(table.columns[name].type) for name in names)


@cache
def _integers(table: Table, names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(place for place, kind in enumerate(_types(table, names)) if kind == "int4")


def _in_range(numbers: Iterable[int | None], error: Any) -> None:
    """psycopg would cut a larger number off and say nothing."""
    told = {number for number in numbers if number is not None}
    if told and (min(told) < -_INT4 or max(told) >= _INT4):
        raise error("integer out of range")


def _type(of: TypeEngine[Any]) -> str:
    if isinstance(of, Integer):
        return "int4"
    return "bytea" if isinstance(of, LargeBinary) else "text"


@cache
def _prepared(table: Table, names: tuple[str, ...], merge: Merge | None, size: int) -> str:
    from sqlalchemy.dialects import sqlite

    statement = merge(sqlite.insert(table)) if merge else insert(table)
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"), column_keys=names)
    if list(compiled.positiontup or ()) != list(names):  # columns come in the order of the table, values in ours
        raise ValueError(f"rows of {table.name} must give their columns in the order {compiled.positiontup}")
    row = f"({', '.join('?' * len(names))})"
    return str(compiled).replace(f"VALUES {row}", f"VALUES {', '.join([row] * size)}", 1)


@cache
def _from_staged(upsert: Upsert, names: tuple[str, ...], shared: bool) -> Any:
    """Merge what is staged. `shared`: some rows have the same key."""
    from sqlalchemy.dialects import postgresql

    source = upsert.table.to_metadata(MetaData(), name=_staged(upsert.table)).columns
    rows = select(*(source[name] for name in names))
    if shared:
        keys = [source[column.name] for column in upsert.table.primary_key]
        last_first = [source[name].desc() for name in upsert.newer]
        rows = rows.order_by(*keys, *last_first).ext(postgresql.distinct_on(*keys))
    return upsert.merge(postgresql.insert(upsert.table).from_select(names, rows))


def _staged(like: Table) -> str:
    return f"staged_{like.name}"
