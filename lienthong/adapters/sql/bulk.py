"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite. And many keys in one query."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, MetaData, Table, any_, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

Rows = Sequence[Mapping[str, Any]]

Merge = Callable[[Any], Any]
"""Given an INSERT (of the dialect, with `excluded`), the INSERT with its ON CONFLICT clause. A function of a module."""

_SEPARATOR = "\x1f"


def write_rows(connection: Connection, table: Table, rows: Rows, merge: Merge | None = None) -> None:
    """Write `rows`, which all have the same keys in the same order. Without `merge` a known key is an error.

    With `merge` PostgreSQL copies into a temporary table first and merges from there, in the order of the primary
    key, so that two workers lock the rows they share in the same order.
    """
    if not rows:
        return
    names = tuple(str(name) for name in rows[0])
    if connection.dialect.name != "postgresql":
        # Straight to the driver: SQLAlchemy's work on every single value costs more than SQLite's.
        connection.exec_driver_sql(_prepared(table, names, merge), [tuple(row.values()) for row in rows])
    elif merge is None:
        _copy(connection, table.name, names, rows)
    else:
        staged = f"staged_{table.name}"
        _copy(
            connection,
            staged,
            names,
            rows,
            before=f"CREATE TEMPORARY TABLE IF NOT EXISTS {staged} (LIKE {table.name}) ON COMMIT DELETE ROWS;"
            f" TRUNCATE {staged}",
        )
        connection.execute(_from_staged(table, staged, names, merge))


def among(connection: Connection, column: ColumnElement[str], keys: Sequence[str]) -> ColumnElement[bool]:
    """`column` is one of `keys`: one parameter, so the statement is prepared once for any number of keys."""
    if connection.dialect.name == "postgresql":
        return column == any_(func.string_to_array(literal(_SEPARATOR.join(keys)), literal(_SEPARATOR)))
    listed = func.json_each(orjson.dumps(list(keys)).decode()).table_valued("value")
    return column.in_(select(listed.c.value))


def _copy(connection: Connection, name: str, columns: Sequence[str], rows: Rows, *, before: str = "") -> None:
    listed = ", ".join(f'"{column}"' for column in columns)
    driver: Any = connection.connection.driver_connection  # SQLAlchemy has no word for COPY
    errors: Any = connection.dialect.loaded_dbapi.Error
    try:
        with closing(driver.cursor()) as cursor:
            if before:
                cursor.execute(before)
            with cursor.copy(f"COPY {name} ({listed}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(tuple(row.values()))
    except errors as error:
        raise DBAPIError.instance(None, None, error, errors, dialect=connection.dialect) from error


@cache
def _prepared(table: Table, names: tuple[str, ...], merge: Merge | None) -> str:
    statement = merge(sqlite.insert(table)) if merge else insert(table)
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"), column_keys=names)
    if list(compiled.positiontup or ()) != list(names):  # columns come in the order of the table, values in ours
        raise ValueError(f"rows of {table.name} must give their columns in the order {compiled.positiontup}")
    return str(compiled)


@cache
def _from_staged(table: Table, staged: str, columns: tuple[str, ...], merge: Merge) -> Any:
    source = table.to_metadata(MetaData(), name=staged)
    rows = select(*(source.c[name] for name in columns)).order_by(*source.primary_key)
    return merge(postgresql.insert(table).from_select(columns, rows))
