"""Many rows at once: COPY on PostgreSQL, few prepared statements on SQLite."""

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, MetaData, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

Rows = Sequence[Sequence[Any]]
"""Values in the order of their names."""

Merge = Callable[[Any], Any]
"""Given an INSERT (of the dialect, with `excluded`), the INSERT with its ON CONFLICT clause. A function of a module."""

_SIZES = (256, 128, 64, 32, 16, 8, 4, 2, 1)


def write_rows(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Rows, merge: Merge | None = None
) -> None:
    """Write `rows` of the columns `names`, given in the order of the table. Without `merge` a known key is an error.

    With `merge` PostgreSQL copies into a temporary table first and merges from there, in the order of the primary
    key, so that two workers lock the rows they share in the same order.
    """
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        _insert(connection, table, names, rows, merge)
    elif merge is None:
        _copy(connection, table.name, names, rows)
    else:
        staged = f"staged_{table.name}"
        made = f"CREATE TEMPORARY TABLE IF NOT EXISTS {staged} (LIKE {table.name}) ON COMMIT DELETE ROWS"
        # It is empty unless it served this same transaction. TRUNCATE would cost a new file each time.
        emptied = f"DELETE FROM {staged}"  # noqa: S608 - a table's own name
        _copy(
            connection,
            staged,
            names,
            rows,
            before=f"{made}; {emptied}",
        )
        connection.execute(_from_staged(table, staged, names, merge))


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
                    copy.write_row(row)
    except errors as error:
        raise DBAPIError.instance(None, None, error, errors, dialect=connection.dialect) from error


@cache
def _prepared(table: Table, names: tuple[str, ...], merge: Merge | None, size: int) -> str:
    statement = merge(sqlite.insert(table)) if merge else insert(table)
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"), column_keys=names)
    if list(compiled.positiontup or ()) != list(names):  # columns come in the order of the table, values in ours
        raise ValueError(f"rows of {table.name} must give their columns in the order {compiled.positiontup}")
    row = f"({', '.join('?' * len(names))})"
    return str(compiled).replace(f"VALUES {row}", f"VALUES {', '.join([row] * size)}", 1)


@cache
def _from_staged(table: Table, staged: str, columns: tuple[str, ...], merge: Merge) -> Any:
    source = table.to_metadata(MetaData(), name=staged)
    rows = select(*(source.c[name] for name in columns)).order_by(*source.primary_key)
    return merge(postgresql.insert(table).from_select(columns, rows))
