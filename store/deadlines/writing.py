"""Writing the rows of deadlines, as few statements as there can be."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from store.deadlines.tables import deadlines, subjects

Row = Mapping[str, Any]

# Built once: SQLAlchemy needs more time to build a statement than a database to answer it.
_WRITE_FACTS = (
    update(subjects)
    .where(*(column == bindparam(f"of_{column.name}") for column in subjects.primary_key))
    .values(facts=bindparam("of_facts"))
)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows whose keys are not known."""
    if rows:
        connection.execute(_insert(connection.dialect.name, table).on_conflict_do_nothing(), list(rows))


def write_facts(connection: Connection, rows: Sequence[Row]) -> None:
    """Write the facts of subjects whose rows are locked."""
    if rows:
        connection.execute(_WRITE_FACTS, [{f"of_{name}": value for name, value in row.items()} for row in rows])


def write_changes(
    connection: Connection, before: Iterable[Mapping[str, Row]], now: Iterable[Mapping[str, Row]]
) -> None:
    """Write the rows that differ. A void one of which nothing is to be announced is removed."""
    known = {key: row for rows in before for key, row in rows.items()}
    after = {key: row for rows in now for key, row in rows.items()}
    gone = [key for key, row in after.items() if row["state"] == "void" and row["next_at"] is None]
    changed = [row for key, row in after.items() if key not in gone and row != known.get(key)]
    if changed:
        connection.execute(_merge(connection.dialect.name), changed)
    if gone := [key for key in gone if key in known]:
        of_key = deadlines.c.deadline_id == bindparam("of_key")
        connection.execute(delete(deadlines).where(of_key), [{"of_key": key} for key in gone])


@cache
def _merge(dialect: str) -> Any:
    insert = _insert(dialect, deadlines)
    values = {column.name: insert.excluded[column.name] for column in deadlines.c if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=["deadline_id"], set_=values)


def _insert(dialect: str, table: Table) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)
