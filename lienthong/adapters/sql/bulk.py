"""Writing many rows at once: COPY on PostgreSQL, few prepared statements on SQLite.

SQLAlchemy's dialects are imported when a statement is first built, so that commands which build none start sooner.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, MetaData, String, Table, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.types import TypeEngine

from lienthong.adapters.sql.key_queries import has_any_key

Rows = Sequence[Sequence[Any]]
"""Values in the order of their column names."""

Merge = Callable[[Any], Any]
"""Adds the ON CONFLICT clause to an INSERT of the dialect (which has `excluded`). It must be a function that lives as
long as the process: statements are cached by it."""

_INTEGER_LIMITS = {"int4": 2**31, "int8": 2**63}
_SAMPLE = 64
"""Keys that tell whether known ones are among any number. When one in twenty is known, they miss it one time in 25."""
_ROWS_PER_STATEMENT = (256, 128, 64, 32, 16, 8, 4, 2, 1)


class Upsert(NamedTuple):
    """How rows are merged into a table that may already hold their keys.

    - `newer`: columns that order rows of one key. Where several come at once, only the last one counts.
    - `seldom_known`: known keys are so rare that the rows are first written as if there were none.
    """

    table: Table
    merge: Merge
    newer: tuple[str, ...] = ()
    seldom_known: bool = False


def write_rows(connection: Connection, table: Table, *, names: tuple[str, ...], rows: Rows) -> None:
    """Write `rows` of the columns `names`, which stand in the order of the table. A known key is an error."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, names=names, rows=rows)
    else:
        _insert(connection, table, names=names, rows=rows)


def undoes_itself(connection: Connection, count: int) -> bool:
    """Whether `write_rows` of so many rows leaves none of them, and goes on, when one of their keys is known."""
    return connection.dialect.name == "sqlite" and count in _ROWS_PER_STATEMENT


def upsert_rows(connection: Connection, *, names: tuple[str, ...], rows: Rows, upserts: Sequence[Upsert]) -> None:
    """Merge `rows` of the columns `names` into one table, or into several tables that each take the columns they have.

    Names stand in the order of the columns of each table.
    """
    for upsert in upserts if rows else ():
        columns = tuple(name for name in names if name in upsert.table.columns)
        values = rows if columns == names else list(map(itemgetter(*map(names.index, columns)), rows))
        # In the order of the key, so that neighbours are written together, and two workers lock the rows they share in
        # the same order.
        in_order = sorted(values, key=_key(upsert.table, columns))
        if connection.dialect.name == "postgresql":
            _merge(connection, upsert, names=columns, rows=in_order)
        else:
            _insert(connection, upsert.table, names=columns, rows=in_order, merge=upsert.merge)


def _merge(connection: Connection, upsert: Upsert, *, names: tuple[str, ...], rows: Rows) -> None:
    """Merge through a temporary table, because COPY has no ON CONFLICT.

    Of several rows with one key only the last is merged: PostgreSQL refuses to update a row twice in a statement.
    Where no key is known, as when years of records are read for the first time, the rows are copied into the table
    itself. A key that another transaction writes meanwhile is an error that undoes the copy; then they are merged.
    """
    keys = list(map(_key(upsert.table, names), rows))
    has_duplicates = len(set(keys)) < len(keys)
    if upsert.seldom_known or not (has_duplicates or _has_known(connection, upsert.table, keys)):
        with suppress(IntegrityError), connection.begin_nested():
            _copy(connection, upsert.table, names=names, rows=rows)
            return
    _copy_to_temporary(connection, upsert.table, names=names, rows=rows)
    connection.execute(_merge_temporary(upsert, names, has_duplicates=has_duplicates))


def _has_known(connection: Connection, table: Table, keys: Sequence[tuple[str, str]]) -> bool:
    """Whether the table probably has rows of these keys: `_SAMPLE` of them are looked up. Always for other keys than
    two texts.
    """
    columns = tuple(table.primary_key)
    if len(columns) != 2 or not all(isinstance(column.type, String) for column in columns):
        return True
    sample = keys[:: len(keys) // _SAMPLE + 1]
    return has_any_key(connection, columns, *zip(*sample, strict=True))


def _key(table: Table, names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    """A function that returns the key of a row."""
    return itemgetter(*(names.index(column.name) for column in table.primary_key))


def _insert(
    connection: Connection, table: Table, *, names: tuple[str, ...], rows: Rows, merge: Merge | None = None
) -> None:
    """Insert through the driver itself: SQLAlchemy's work for every single value takes longer than SQLite's.

    A statement has many rows, because Python's driver releases the interpreter's lock at every statement, and to
    reacquire it from a busy thread takes longer than to write a row. The numbers of rows are powers of two, so that
    few statements are ever prepared.
    """
    start = 0
    for count in _ROWS_PER_STATEMENT:
        while start + count <= len(rows):
            values = tuple(chain.from_iterable(rows[start : start + count]))
            connection.exec_driver_sql(_insert_statement(table, names, merge=merge, count=count), values)
            start += count


def _copy_to_temporary(connection: Connection, like: Table, *, names: tuple[str, ...], rows: Rows) -> None:
    temporary = _temporary_name(like)
    create = f"CREATE TEMPORARY TABLE IF NOT EXISTS {temporary} (LIKE {like.name}) ON COMMIT DELETE ROWS"
    # It is empty unless this transaction has used it before. TRUNCATE would create a new file each time.
    empty = f"DELETE FROM {temporary}"  # noqa: S608 - the name comes from the code
    _copy(connection, like, names=names, rows=rows, into=temporary, before=f"{create}; {empty}")


def _copy(
    connection: Connection, table: Table, *, names: tuple[str, ...], rows: Rows, into: str = "", before: str = ""
) -> None:
    """COPY to `table`, or to another table with its columns. Binary, so that values are neither escaped nor parsed.

    `before` is a statement that is executed first.
    """
    column_list = ", ".join(f'"{name}"' for name in names)
    driver: Any = connection.connection.driver_connection  # SQLAlchemy does not support COPY
    database: Any = connection.dialect.loaded_dbapi
    statement = f"COPY {into or table.name} ({column_list}) FROM STDIN (FORMAT BINARY)"
    try:
        with closing(driver.cursor()) as cursor:
            for index, limit in _integer_limits(table, names):
                _check_range(map(itemgetter(index), rows), limit, database.DataError)
            if before:
                cursor.execute(before)
            with cursor.copy(statement) as copy:
                copy.set_types(_type_names(table, names))
                for row in rows:
                    copy.write_row(row)
    except database.Error as error:
        # What SQLAlchemy itself calls to wrap an error of the driver, so that callers see the same classes of errors.
        raise DBAPIError.instance(None, None, error, database.Error, dialect=connection.dialect) from error


@cache
def _type_names(table: Table, names: tuple[str, ...]) -> tuple[str, ...]:
    """PostgreSQL's names of the types of these columns."""
    return tuple(_type_name(table.columns[name].type) for name in names)


@cache
def _integer_limits(table: Table, names: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The indexes of the columns of integers, each with the first number that it cannot hold."""
    kinds = enumerate(_type_names(table, names))
    return tuple((index, _INTEGER_LIMITS[kind]) for index, kind in kinds if kind in _INTEGER_LIMITS)


def _check_range(numbers: Iterable[int | None], limit: int, error: Any) -> None:
    """Raise `error` for an integer that the column cannot hold: psycopg would truncate it silently."""
    present = {number for number in numbers if number is not None}
    if present and (min(present) < -limit or max(present) >= limit):
        raise error("integer out of range")


def _type_name(of: TypeEngine[Any]) -> str:
    if isinstance(of, Integer):
        return "int8" if isinstance(of, BigInteger) else "int4"
    return "bytea" if isinstance(of, LargeBinary) else "text"


@cache
def _insert_statement(table: Table, names: tuple[str, ...], *, merge: Merge | None, count: int) -> str:
    """An INSERT of `count` rows for SQLite. SQLAlchemy compiles one row, whose placeholders are then repeated."""
    from sqlalchemy.dialects import sqlite

    statement = merge(sqlite.insert(table)) if merge else insert(table)
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"), column_keys=names)
    if list(compiled.positiontup or ()) != list(names):  # SQLAlchemy orders the columns as the table, values as `names`
        raise ValueError(f"rows of {table.name} must give their columns in the order {compiled.positiontup}")
    row = f"({', '.join('?' * len(names))})"
    return str(compiled).replace(f"VALUES {row}", f"VALUES {', '.join([row] * count)}", 1)


@cache
def _merge_temporary(upsert: Upsert, names: tuple[str, ...], *, has_duplicates: bool) -> Any:
    """The statement that merges the rows of the temporary table. `has_duplicates`: some rows have the same key."""
    from sqlalchemy.dialects import postgresql

    source = upsert.table.to_metadata(MetaData(), name=_temporary_name(upsert.table)).columns
    rows = select(*(source[name] for name in names))
    if has_duplicates:
        keys = [source[column.name] for column in upsert.table.primary_key]
        last_first = [source[name].desc() for name in upsert.newer]
        rows = rows.order_by(*keys, *last_first).ext(postgresql.distinct_on(*keys))
    return upsert.merge(postgresql.insert(upsert.table).from_select(names, rows))


def _temporary_name(like: Table) -> str:
    return f"staged_{like.name}"
