"""Tables of the data store that earlier versions made are adopted with all their rows, whatever shape they have."""

from collections.abc import Callable, Iterable

import pytest
from sqlalchemy import Connection, Engine, insert, inspect, select, text
from sqlalchemy.schema import CreateColumn, CreateTable

from lienthong.adapters.sql.migrations.runner import upgrade
from store import tables
from tests.databases import STORE

KEYS = {"source": "igate", "updated_at": "2023-11-07", "event_id": "e"}
DOSSIER = KEYS | {"observed_at": "2023-11-07", "procedure": "1.0", "quality": ""}
CODES = ("1", "2", "3")


def key_column(name: str) -> str:
    return f"{name} VARCHAR NOT NULL"


def make_history_by_event(connection: Connection) -> None:
    """The history as the first version made it: known by the event id alone, with an index over the rest."""
    names = ("event_id", "source", "code", "updated_at")
    text_columns = ", ".join(map(key_column, names))
    connection.execute(
        text(f"CREATE TABLE store_dossier_versions ({text_columns}, data TEXT NOT NULL, PRIMARY KEY (event_id))")
    )
    connection.execute(
        text("CREATE INDEX store_dossier_versions_by_dossier ON store_dossier_versions (source, code, updated_at)")
    )


def make_history(connection: Connection) -> None:
    connection.execute(CreateTable(tables.dossier_versions))


def make_dossiers(connection: Connection) -> None:
    connection.execute(CreateTable(tables.dossiers))


def make_dossiers_with_data(connection: Connection) -> None:
    """The newest versions as earlier versions kept them: with the JSON that the history has as well."""
    parts = [str(CreateColumn(column).compile(connection)) for column in tables.dossiers.columns]
    connection.execute(
        text(f"CREATE TABLE store_dossiers ({', '.join(parts)}, data TEXT NOT NULL, PRIMARY KEY (source, code))")
    )


def fill_history(connection: Connection, codes: Iterable[str] = CODES) -> None:
    for code in codes:
        for number in (1, 2):
            row = KEYS | {"code": code, "event_id": f"{code}{number}", "data": f'{{"code":"{code}","n":{number}}}'}
            connection.execute(insert(tables.dossier_versions).values(row))


def fill_dossiers(connection: Connection, *, with_data: bool) -> None:
    for code in CODES:
        row = DOSSIER | {"code": code, "event_id": f"{code}2"}
        if with_data:
            row |= {"data": f'{{"code":"{code}","n":2}}'}
        columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        connection.execute(text(f"INSERT INTO store_dossiers ({columns}) VALUES ({values})"), row)  # noqa: S608 - names of this file


def make_first_shape(connection: Connection) -> None:
    make_history_by_event(connection)
    make_dossiers_with_data(connection)
    fill_history(connection)
    fill_dossiers(connection, with_data=True)


def make_second_shape(connection: Connection) -> None:
    make_history(connection)
    make_dossiers_with_data(connection)
    fill_history(connection)
    fill_dossiers(connection, with_data=True)


def make_todays_shape(connection: Connection) -> None:
    tables.metadata.create_all(connection)
    fill_history(connection)
    fill_dossiers(connection, with_data=False)


def make_todays_shape_in_part(connection: Connection) -> None:
    """Only two of the tables, and one of them without its index."""
    make_history(connection)
    make_dossiers(connection)
    fill_history(connection)
    fill_dossiers(connection, with_data=False)


def make_history_that_lacks_versions(connection: Connection) -> None:
    make_history(connection)
    make_dossiers_with_data(connection)
    fill_history(connection, CODES[:1])
    fill_dossiers(connection, with_data=True)


def make_dossiers_without_history(connection: Connection) -> None:
    make_dossiers_with_data(connection)
    fill_dossiers(connection, with_data=True)


def history_of(engine: Engine) -> list[tuple[str, str, str]]:
    query = select(tables.dossier_versions.c["code", "event_id", "data"]).order_by("code", "event_id")
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def whole_history(codes: Iterable[str] = CODES, numbers: Iterable[int] = (1, 2)) -> list[tuple[str, str, str]]:
    return [(code, f"{code}{n}", f'{{"code":"{code}","n":{n}}}') for code in codes for n in numbers]


def assert_todays_shape(engine: Engine) -> None:
    found = inspect(engine)
    for table in tables.metadata.sorted_tables:
        assert [column["name"] for column in found.get_columns(table.name)] == list(table.columns.keys())
        key = found.get_pk_constraint(table.name)["constrained_columns"]
        assert key == [column.name for column in table.primary_key]
        assert {index["name"] for index in found.get_indexes(table.name)} == {index.name for index in table.indexes}
    leftovers = [name for name in found.get_table_names() if name.endswith("_old")]
    assert leftovers == []


@pytest.mark.parametrize(
    ("make_shape", "history"),
    [
        (make_first_shape, whole_history()),
        (make_second_shape, whole_history()),
        (make_todays_shape, whole_history()),
        (make_todays_shape_in_part, whole_history()),
        (make_history_that_lacks_versions, whole_history(CODES[:1]) + whole_history(CODES[1:], [2])),
        (make_dossiers_without_history, whole_history(CODES, [2])),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_tables_of_an_earlier_version_are_adopted_with_every_row(
    empty: Engine, make_shape: Callable[[Connection], None], history: list[tuple[str, str, str]]
) -> None:
    with empty.begin() as connection:
        make_shape(connection)
    for _ in range(2):
        upgrade(empty, [STORE])
        assert_todays_shape(empty)
        assert history_of(empty) == history
        with empty.connect() as connection:
            newest = connection.execute(select(tables.dossiers.c["code", "event_id"]).order_by("code")).all()
        assert [tuple(row) for row in newest] == [(code, f"{code}2") for code in CODES]


def test_what_the_history_has_is_not_replaced_by_the_copy_beside_the_dossier(empty: Engine) -> None:
    with empty.begin() as connection:
        make_second_shape(connection)
        connection.execute(text("UPDATE store_dossiers SET data = 'another'"))
    upgrade(empty, [STORE])
    assert history_of(empty) == whole_history()


def test_an_empty_database_gets_todays_tables(empty: Engine) -> None:
    upgrade(empty, [STORE])
    assert_todays_shape(empty)
