"""The table that a sink writes into: looked at once, then written by one statement a bundle."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, DateTime, MetaData, Table, inspect, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, NoSuchTableError

from lienthong.adapters.sql.letter_tables import edits
from lienthong.connectors.sinks.sql.into import Into
from lienthong.connectors.sinks.sql.values import column_value
from lienthong.errors import Transient
from lienthong.messages import message

Row = Mapping[str, Any]

_ROW_FAULTS = ("22", "23")
"""Classes of SQLSTATE that are the fault of a row: a value out of range or too long, a broken constraint."""


class Target:
    """A table with a unique key. Raises `Transient` when it is not as the configuration needs it."""

    def __init__(self, connection: Connection, into: Into, *, in_our_database: bool) -> None:
        if in_our_database and into.table in edits.metadata.tables:
            raise Transient(message("The table {table} belongs to the ledger", table=into.table))
        self.dialect = connection.dialect.name
        if self.dialect not in ("postgresql", "sqlite"):
            raise Transient(message("Tables are written on PostgreSQL and SQLite only"))
        self._table = _reflected(connection, into)
        self._key = into.key_columns
        self._columns: Mapping[str, Column[Any]] = {name: self._table.columns[name] for name in into.columns}
        self._statement = _upsert(self.dialect, self._table, into)

    def value(self, column: str, value: Any) -> Any:
        """A value of JSON as this column takes it. Raises ValueError."""
        kind = self._columns[column].type
        try:
            python_type: type | None = kind.python_type
        except NotImplementedError:
            python_type = None
        has_offset = python_type is datetime and isinstance(kind, DateTime) and kind.timezone
        return column_value(value, python_type, has_offset=has_offset)

    def key(self, row: Row) -> tuple[Any, ...]:
        """What identifies a row."""
        return tuple(row[column] for column in self._key)

    def write(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Write rows of different keys."""
        # In the order of their keys, so that two workers lock the rows they share in the same order.
        in_order = sorted(rows, key=lambda row: [str(part) for part in self.key(row)])
        connection.execute(self._statement, in_order)


def is_fault_of_row(error: DBAPIError) -> bool:
    """Whether a row was refused for what it contains."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return state.startswith(_ROW_FAULTS) or (not state and isinstance(error, IntegrityError))


def refusal_of_row(error: DBAPIError) -> str:
    """Why a row was refused, without its values: the name of the error, such as NotNullViolation."""
    name = getattr(error.orig, "sqlite_errorname", None) or type(error.orig).__name__
    return message("The database refuses the row: {error}", error=name)


def _reflected(connection: Connection, into: Into) -> Table:
    schema, _, name = into.table.rpartition(".")
    try:
        table = Table(name, MetaData(), schema=schema or None, autoload_with=connection)
    except NoSuchTableError:
        raise Transient(message("There is no table {table}: create it first", table=into.table)) from None
    for column in into.columns:
        if column not in table.columns:
            facts = {"table": into.table, "column": column, "columns": ", ".join(table.columns.keys())}
            raise Transient(message("The table {table} has no column `{column}`; it has: {columns}", **facts))
    if set(into.key_columns) not in _unique_keys(connection, table):
        facts = {"table": into.table, "columns": ", ".join(into.key_columns)}
        raise Transient(message("The table {table} needs a primary key or unique index of ({columns})", **facts))
    return table


def _unique_keys(connection: Connection, table: Table) -> list[set[str | None]]:
    inspector = inspect(connection)
    indexes = inspector.get_indexes(table.name, table.schema)
    constraints = inspector.get_unique_constraints(table.name, table.schema)
    keys: list[set[str | None]] = [{column.name for column in table.primary_key}]
    keys += [set(constraint["column_names"]) for constraint in constraints]
    return keys + [set(index["column_names"]) for index in indexes if index["unique"]]


def _upsert(dialect: str, table: Table, into: Into) -> Any:
    insert: Callable[[Table], Any] = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table)
    key = into.key_columns
    values = {column: statement.excluded[column] for column in into.columns if column not in key}
    if not values:
        return statement.on_conflict_do_nothing(index_elements=key)
    old = table.columns
    is_newer = None
    if into.newer:
        before, after = old[into.newer], statement.excluded[into.newer]
        is_newer = or_(before.is_(None), after.is_(None), after >= before)
    return statement.on_conflict_do_update(index_elements=key, set_=values, where=is_newer)
