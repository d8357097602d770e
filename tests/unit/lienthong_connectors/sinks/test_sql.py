"""Events as rows of a table, on SQLite. PostgreSQL is in tests/contract and tests/services."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from lienthong.adapters.sql.schema import metadata
from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.connectors.sinks.sql import SqlSink
from lienthong.connectors.sinks.sql.values import column_value, no_later_than
from lienthong.errors import Transient
from lienthong.outcome import Dead, Done, Outcome
from tests.contract.sinks_contract import OpenTransaction, UntouchableTransaction
from tests.events import event
from tests.fake_systems import make_site

COLUMNS = {"code": "data.code", "title": "data.title", "pages": "data.pages", "changed": "data.changed"}


class Letters:
    """A table in a file of SQLite, and a sink that writes into it."""

    def __init__(self, path: Path) -> None:
        self.url = f"sqlite:///{path / 'thu.db'}"
        self.engine = create_engine(self.url)
        self.run("CREATE TABLE letters (code TEXT PRIMARY KEY, title VARCHAR, pages INTEGER NOT NULL, changed TEXT)")

    def run(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement))

    def rows(self, columns: str = "code, title, pages, changed") -> Sequence[Any]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM letters ORDER BY 1"))]  # noqa: S608 - the test's own columns

    def sink(self, **given: Any) -> SqlSink:
        into = {"table": "letters", "columns": COLUMNS, "key": ["code"], **given}
        return SqlSink(make_site(), **bind(SqlSink, {"into": into, "url": self.url}, tables={}))

    def deliver(self, *bodies: dict[str, Any], **given: Any) -> list[Outcome]:
        events = [event(f"{number}", **{"pages": 1, **body}) for number, body in enumerate(bodies)]
        return list(self.sink(**given).deliver(events, UntouchableTransaction()))


@pytest.fixture
def letters(tmp_path: Path) -> Letters:
    return Letters(tmp_path)


def words(outcomes: list[Outcome]) -> list[str]:
    return [type(outcome).__name__ for outcome in outcomes]


def test_columns_are_filled_from_the_paths_and_what_is_missing_is_null(letters: Letters) -> None:
    outcomes = letters.deliver({"code": "L-1", "title": "Công văn", "pages": "3"}, {"code": 7, "title": {"b": 1}})
    assert words(outcomes) == ["Done", "Done"]
    assert letters.rows() == [("7", '{"b":1}', 1, None), ("L-1", "Công văn", 3, None)]


def test_a_row_of_a_known_key_is_updated(letters: Letters) -> None:
    letters.run("ALTER TABLE letters ADD COLUMN untouched TEXT DEFAULT 'x'")
    letters.deliver({"code": "L-1", "title": "a"})
    letters.run("UPDATE letters SET untouched = 'y'")
    letters.deliver({"code": "L-1", "title": "b"})
    assert letters.rows("code, title, untouched") == [("L-1", "b", "y")]


def test_an_older_version_never_replaces_a_newer_one(letters: Letters) -> None:
    versions: list[dict[str, Any]] = [{"code": "L-1", "title": day, "changed": f"2023-10-0{day}"} for day in "132"]
    assert words(letters.deliver(*versions, newer="changed")) == ["Done"] * 3
    assert letters.rows("code, title") == [("L-1", "3")]
    letters.deliver(versions[0], newer="changed")
    assert letters.rows("code, title") == [("L-1", "3")]
    letters.deliver(versions[0])
    assert letters.rows("code, title") == [("L-1", "1")]


@pytest.mark.parametrize("kind", ["TEXT", "DATE", "TIMESTAMP"])
@pytest.mark.parametrize("mistyped", ["2099-01-01", "9999-12-31"])
def test_a_date_of_the_future_hides_no_later_version(letters: Letters, kind: str, mistyped: str) -> None:
    letters.run(f"CREATE TABLE dated (code TEXT PRIMARY KEY, title TEXT, changed {kind})")
    columns = {"code": "data.code", "title": "data.title", "changed": "data.changed"}
    sink = letters.sink(table="dated", columns=columns, newer="changed")
    for day, title, changed in ((0, "wrong", mistyped), (1, "right", "2023-11-02"), (2, "old", "2023-10-01")):
        one = event(title, day=day, code="L-1", title=title, changed=changed)
        assert sink.deliver([one], UntouchableTransaction()) == [Done(one)]
    with letters.engine.connect() as connection:
        assert connection.execute(text("SELECT title FROM dated")).scalars().all() == ["right"]


def test_a_version_without_a_date_neither_hides_another_nor_is_hidden(letters: Letters) -> None:
    for title, changed in (("a", None), ("b", "2023-10-02"), ("c", None), ("d", "2023-10-01")):
        letters.deliver({"code": "L-1", "title": title, "changed": changed}, newer="changed")
        assert letters.rows("title") == [(title,)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2099-01-01T00:00:00Z", "2023-11-01T03:00:00Z"),
        ("2099-01-01T00:00:00.123456Z", "2023-11-01T03:00:00Z"),
        ("2099-01-01T00:00:00+07:00", "2023-11-01T10:00:00+07:00"),
        ("2099-01-01 00:00:00", "2023-11-01 10:00:00"),
        ("2099-01-01", "2023-11-01"),
        ("20990101", "20231101"),
        ("20990101000000", "20231101100000"),
        ("2023-11-01T10:00:00+07:00", "2023-11-01T10:00:00+07:00"),
        ("20231101100000", "20231101100000"),
        ("v2099", "v2099"),
        ("31000101", "31000101"),
        ("", ""),
        (2099, 2099),
        (None, None),
        (date(2099, 1, 1), date(2023, 11, 1)),
        (datetime(2099, 1, 1, tzinfo=UTC), datetime(2023, 11, 1, 3, tzinfo=UTC)),
        (datetime.fromisoformat("2099-01-01"), datetime.fromisoformat("2023-11-01T10:00:00")),
    ],
)
def test_what_is_later_than_it_was_seen_becomes_that_moment_and_keeps_its_form(value: Any, expected: Any) -> None:
    assert no_later_than(datetime(2023, 11, 1, 3, tzinfo=UTC), value) == expected


def test_without_a_key_the_column_of_the_event_id_is_it(letters: Letters) -> None:
    letters.run("CREATE TABLE log (event_id TEXT PRIMARY KEY)")
    sink = letters.sink(table="log", columns={"event_id": "id"}, key=[])
    one = event("a")
    for _ in range(2):
        assert sink.deliver([one, one], UntouchableTransaction()) == [Done(one), Done(one)]
    with letters.engine.connect() as connection:
        assert connection.execute(text("SELECT event_id FROM log")).scalars().all() == [one.id]


def test_an_event_that_does_not_fit_dies_alone_and_names_its_field(letters: Letters) -> None:
    bad: list[dict[str, Any]] = [
        {"code": "bad", "pages": "many"},
        {"code": "bad", "pages": 1.5},
        {"code": "bad", "pages": "1e30"},
        {"code": "bad", "pages": True, "title": "nul \0"},
        {"title": "no key"},
    ]
    outcomes = letters.deliver({"code": "L-1"}, *bad, {"code": "L-2"})
    assert words(outcomes) == ["Done", *["Dead"] * 5, "Done"]
    assert [outcome.field for outcome in outcomes if isinstance(outcome, Dead)] == ["pages"] * 3 + ["title", "code"]
    assert letters.rows("code") == [("L-1",), ("L-2",)]


def test_a_row_that_the_database_refuses_dies_alone_even_among_versions_of_one_key(letters: Letters) -> None:
    outcomes = letters.deliver({"code": "L-1"}, {"code": "L-1", "pages": None}, {"code": "L-2"})
    assert words(outcomes) == ["Done", "Dead", "Done"]
    assert isinstance(outcomes[1], Dead) and "NOTNULL" in outcomes[1].why
    assert letters.rows("code, pages") == [("L-1", 1), ("L-2", 1)]


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no table": ({"table": "nowhere"}, "nowhere"),
    "no schema": ({"table": "thu.letters"}, "thu"),
    "no column": ({"columns": {**COLUMNS, "sender": "data.sender"}}, "`sender`; các cột có: code, title"),
    "no unique key": ({"key": ["title"]}, "(title)"),
    "a part of a key": ({"key": ["code", "title"]}, "(code, title)"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_table_that_is_not_as_configured_is_transient_and_named(letters: Letters, name: str) -> None:
    given, reason = FAULTS[name]
    with pytest.raises(Transient) as raised:
        letters.deliver({"code": "L-1"}, **given)
    assert reason in raised.value.why


def test_a_table_of_the_ledger_is_never_written() -> None:
    engine = create_engine("sqlite://")
    into = {"table": next(iter(metadata.tables)), "columns": {"id": "id"}}
    with engine.begin() as connection, pytest.raises(Transient, match="sổ cái"):
        sink = SqlSink(make_site(), **bind(SqlSink, {"into": into}, tables={}))
        sink.deliver([event("a")], OpenTransaction(connection))


def test_a_table_that_is_mended_is_written_by_the_same_sink(letters: Letters) -> None:
    sink = letters.sink(table="later")
    with pytest.raises(Transient):
        sink.deliver([event("a", code="L-1", pages=1)], UntouchableTransaction())
    letters.run("ALTER TABLE letters RENAME TO later")
    assert words(list(sink.deliver([event("a", code="L-1", pages=1)], UntouchableTransaction()))) == ["Done"]
    letters.run("ALTER TABLE later RENAME TO letters")
    with pytest.raises(Transient, match="no such table"):
        sink.deliver([event("b", code="L-2", pages=1)], UntouchableTransaction())
    letters.run("CREATE TABLE later (code TEXT, title TEXT, pages INT, changed TEXT, UNIQUE (code))")
    assert words(list(sink.deliver([event("b", code="L-2", pages=1)], UntouchableTransaction()))) == ["Done"]


def test_a_server_that_is_not_there_is_transient_and_no_secret_is_shown(letters: Letters) -> None:
    letters.url = "postgresql://user:s3cret@127.0.0.1:1/letters"
    with pytest.raises(Transient) as raised:
        letters.deliver({"code": "L-1"})
    assert "s3cret" not in raised.value.why and "127.0.0.1" not in raised.value.why


NOON = datetime(2023, 11, 15, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "kind", "has_offset", "written"),
    [
        (None, int, False, None),
        ("2023-11-15T12:00:00+07:00", datetime, True, NOON),
        ("2023-11-15T12:00:00", datetime, True, NOON),
        ("2023-11-15T05:00:00Z", datetime, False, datetime(2023, 11, 15, 12)),  # noqa: DTZ001 - a column without an offset
        ("2023-11-15", date, False, date(2023, 11, 15)),
        ("2023-11-15T18:00:00Z", date, False, date(2023, 11, 16)),
        ("08:30", time, False, time(8, 30)),
        (" 12 ", int, False, 12),
        (12.0, int, False, 12),
        (True, int, False, 1),
        ("10.50", Decimal, False, Decimal("10.50")),
        (0.5, float, False, 0.5),
        ("TRUE", bool, False, True),
        (0, bool, False, False),
        ("AP8=", bytes, False, b"\x00\xff"),
        (5, str, False, "5"),
        ([1, "Đ"], str, False, '[1,"Đ"]'),
        ("00000000-0000-0000-0000-000000000005", UUID, False, UUID(int=5)),
        ({"a": 1}, dict, False, {"a": 1}),
        ({"a": 1}, None, False, '{"a":1}'),
        ("x", None, False, "x"),
    ],
)
def test_values_become_those_of_their_columns(value: Any, kind: type | None, has_offset: bool, written: Any) -> None:
    assert column_value(value, kind, has_offset=has_offset) == written


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("soon", datetime),
        (5, datetime),
        ("2023-02-30", date),
        ("25:00", time),
        ("", int),
        ("NaN", Decimal),
        ("inf", float),
        ([1], int),
        ("perhaps", bool),
        ([], bool),
        ("!", bytes),
        ("5", UUID),
        ("a\0b", str),
        (2**63, int),
    ],
)
def test_what_does_not_fit_is_refused(value: Any, kind: type) -> None:
    with pytest.raises(ValueError):
        column_value(value, kind, has_offset=False)


INTO = {"table": "letters", "columns": COLUMNS, "key": ["code"]}
WRONG: dict[str, tuple[dict[str, Any], tuple[str | int, ...]]] = {
    "no columns": ({"into": {**INTO, "columns": {}}}, ("into", "columns")),
    "path": ({"into": {**INTO, "columns": {"code": "data["}}}, ("into", "columns", "code")),
    "key": ({"into": {**INTO, "key": ["id"]}}, ("into",)),
    "no key": ({"into": {**INTO, "key": []}}, ("into",)),
    "newer": ({"into": {**INTO, "newer": "updated"}}, ("into",)),
    "unknown": ({"into": {**INTO, "keys": ["code"]}}, ("into", "keys")),
    "no URL": ({"into": INTO, "url": "letters"}, ("url",)),
    "time": ({"into": INTO, "timeout": 5}, ("timeout",)),
    "nothing": ({}, ()),
}


@pytest.mark.parametrize("name", WRONG)
def test_check_refuses_what_cannot_work_and_names_the_key(name: str) -> None:
    given, path = WRONG[name]
    with pytest.raises(Mismatch) as error:
        bind(SqlSink, given, tables={})
    assert path in [fault.path for fault in error.value.faults]
