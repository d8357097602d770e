"""A copy of the project's tables in files of SQLite, on which a trial is carried out, and how the two differ then.

Two copies are made: one stays as it is, one is worked on. So what others write meanwhile is no difference, and no
statement waits for a lock of the trial. Memory does not grow with the rows.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, event, inspect, select, text

from lienthong.adapters.sql.database import open_database, snapshot
from lienthong.adapters.sql.migrations.package import LEDGER, MigrationPackage
from lienthong.adapters.sql.migrations.runner import upgrade

_BATCH = 2_000
BEFORE = "before"
"""The name under which the untouched copy is attached to the other one."""


@dataclass(frozen=True, slots=True)
class StoreCopy:
    """`before` is as the store was, `after` what is worked on. `tables`: names of the tables that are compared."""

    folder: Path
    before: Engine
    after: Engine
    tables: Sequence[str]

    def close(self) -> None:
        """End both, and remove the files: they hold personal data."""
        self.before.dispose()
        self.after.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)


def copy_store(database: Engine, packages: Sequence[MigrationPackage], folder: Path) -> StoreCopy:
    """Copy the tables of the project's packages into `folder`, which is empty. The ledger's tables are there, empty."""
    after_file, before_file = folder / "after.db", folder / "before.db"
    after = _open(after_file)
    upgrade(after, [LEDGER])
    of_ledger = set(inspect(after).get_table_names())
    upgrade(after, packages)
    metadata = MetaData()
    metadata.reflect(after, only=lambda name, _: name not in of_ledger)
    versions = {package.version_table for package in packages}
    tables = [table for table in metadata.sorted_tables if table.name not in versions]
    _fill(database, after, tables)
    with after.connect().execution_options(alone=True) as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    after.dispose()
    shutil.copyfile(after_file, before_file)
    return StoreCopy(folder, _open(before_file), _open(after_file), sorted(table.name for table in tables))


def _open(file: Path) -> Engine:
    engine = open_database(f"sqlite:///{file}")
    event.listen(engine, "connect", _without_fsync)
    return engine


def _without_fsync(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # a copy that is lost with the machine is made again


def _fill(database: Engine, copy: Engine, tables: Sequence[Table]) -> None:
    if database.dialect.name == "sqlite":
        _fill_attached(str(database.url.database), copy, tables)
        return
    with snapshot(database) as reader, copy.connect().execution_options(writing=True) as writer, writer.begin():
        for table in tables:
            columns = [column.name for column in table.columns]
            markers = ", ".join("?" * len(columns))
            names = ", ".join(map(_quoted, columns))
            statement = f"INSERT INTO {_quoted(table.name)} ({names}) VALUES ({markers})"  # noqa: S608 - names of our tables
            for part in reader.execute(select(table)).partitions(_BATCH):
                writer.exec_driver_sql(statement, [tuple(row) for row in part])


def _fill_attached(file: str, copy: Engine, tables: Sequence[Table]) -> None:
    with copy.connect().execution_options(alone=True) as connection:
        connection.execute(text("ATTACH DATABASE :file AS store"), {"file": file})
        connection.execute(text("BEGIN"))
        for table in tables:
            names = ", ".join(_quoted(column.name) for column in table.columns)
            name = _quoted(table.name)
            connection.execute(text(f"INSERT INTO main.{name} ({names}) SELECT {names} FROM store.{name}"))  # noqa: S608 - as above
        connection.execute(text("COMMIT"))
        connection.execute(text("DETACH DATABASE store"))


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that is in one copy alone, or differs. `key`: the values of its primary key, by column."""

    table: str
    key: Mapping[str, Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def row_changes(copy: StoreCopy) -> Iterator[RowChange]:
    """Every row that differs between the two copies, table by table, in the order of the keys."""
    metadata = MetaData()
    metadata.reflect(copy.after, only=list(copy.tables))
    with copy.after.connect().execution_options(alone=True) as connection:
        connection.execute(text(f"ATTACH DATABASE :file AS {BEFORE}"), {"file": str(copy.before.url.database)})
        for name in copy.tables:
            yield from _changes_of(connection, metadata.tables[name])


def _changes_of(connection: Connection, table: Table) -> Iterator[RowChange]:
    name = _quoted(table.name)
    keys = [_quoted(column.name) for column in table.primary_key]
    same = " AND ".join(f"a.{key} = b.{key}" for key in keys)
    values = [_quoted(column.name) for column in table.columns if not column.primary_key]
    differs = " OR ".join(f"a.{column} IS NOT b.{column}" for column in values) or "0"
    order = ", ".join(f"a.{key}" for key in keys)
    alone = f"WHERE b.{keys[0]} IS NULL"
    parts = (
        (f"a.*, b.* FROM main.{name} a JOIN {BEFORE}.{name} b ON {same} WHERE {differs}", True, True),
        (f"a.* FROM main.{name} a LEFT JOIN {BEFORE}.{name} b ON {same} {alone}", False, True),
        (f"a.* FROM {BEFORE}.{name} a LEFT JOIN main.{name} b ON {same} {alone}", True, False),
    )
    columns = [column.name for column in table.columns]
    for query, has_before, has_after in parts:
        found = connection.execution_options(yield_per=_BATCH).exec_driver_sql(f"SELECT {query} ORDER BY {order}")
        for row in found:
            first = dict(zip(columns, row[: len(columns)], strict=True))
            second = dict(zip(columns, row[len(columns) :], strict=True)) if has_before and has_after else first
            key = {column.name: first[column.name] for column in table.primary_key}
            yield RowChange(table.name, key, second if has_before else None, first if has_after else None)


def _quoted(name: str) -> str:
    return f'"{name}"'
