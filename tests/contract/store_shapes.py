"""Tables of the data store as earlier versions had them, and what today's must be."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine, inspect, text

from store import tables

Change = Callable[[Connection], None]
"""Takes today's tables, with the rows in them, back to what an earlier version had."""


def forget_step(connection: Connection) -> None:
    """Earlier versions recorded no step."""
    connection.execute(text("DROP TABLE store_schema"))


def change(engine: Engine, changes: Sequence[Change]) -> None:
    with engine.begin() as connection:
        for each in changes:
            each(connection)


def assert_todays_tables(engine: Engine) -> None:
    found = inspect(engine)
    for table in tables.metadata.sorted_tables:
        assert [column["name"] for column in found.get_columns(table.name)] == list(table.columns.keys())
        key = found.get_pk_constraint(table.name)["constrained_columns"]
        assert key == [column.name for column in table.primary_key]
        assert {index["name"] for index in found.get_indexes(table.name)} == {index.name for index in table.indexes}
    assert [name for name in found.get_table_names() if name.endswith("_old")] == []
