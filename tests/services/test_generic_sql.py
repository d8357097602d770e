"""The SQL source and sink on PostgreSQL: its types, its faults, its time limit."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from lienthong.configuration.bind import bind
from lienthong.connectors.sinks.sql import SqlSink
from lienthong.connectors.sources.sql import Sql
from lienthong.outcome import Dead, Done
from tests.contract.sinks_contract import OpenTransaction, UntouchableTransaction
from tests.events import event
from tests.fake_systems import make_site, poll_completely, poll_until_failure
from tests.services import postgres

TABLE = """CREATE TABLE thu.letters (
    code TEXT PRIMARY KEY, number INTEGER, size BIGINT, fee NUMERIC(12, 2), share DOUBLE PRECISION, urgent BOOLEAN,
    due DATE, at TIMESTAMPTZ, here TIMESTAMP, hour TIME, file BYTEA, mark UUID, body JSONB, short VARCHAR(3),
    changed TIMESTAMPTZ DEFAULT '2023-11-14T10:00:00+07:00')"""
ROW: dict[str, Any] = {
    "code": "L-1",
    "number": 7,
    "size": 2**40,
    "fee": "1000000.50",
    "share": 0.25,
    "urgent": True,
    "due": "2023-11-15",
    "at": "2023-11-15T05:00:00+00:00",
    "here": "2023-11-15T12:00:00",
    "hour": "08:30:00",
    "file": "AP8=",
    "mark": "00000000-0000-0000-0000-000000000005",
    "body": {"pages": [1, 2.5, None], "title": "Công văn"},
    "short": "abc",
}


@pytest.fixture
def database() -> Iterator[Engine]:
    with postgres.fresh_database(empty=True) as engine:
        run(engine, "CREATE SCHEMA thu", TABLE)
        yield engine


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def make_sink(engine: Engine, *, by_url: bool = True, **into: Any) -> SqlSink:
    columns = {name: f"data.{name}" for name in ROW}
    given: dict[str, Any] = {"into": {"table": "thu.letters", "columns": columns, "key": ["code"], **into}}
    return SqlSink(make_site(), **bind(SqlSink, given | ({"url": address(engine)} if by_url else {}), tables={}))


def make_source(engine: Engine, **given: Any) -> Sql:
    parameters: dict[str, Any] = {
        "url": address(engine),
        "type": "letter.seen",
        "query": "SELECT * FROM thu.letters WHERE changed >= :since",
        "since": {"column": "changed"},
        "key": ["code"],
        **given,
    }
    return Sql(make_site(), **bind(Sql, parameters, tables={}))


def test_values_of_every_type_are_written_and_read_back(database: Engine) -> None:
    (outcome,) = make_sink(database).deliver([event("a", **ROW)], UntouchableTransaction())
    assert isinstance(outcome, Done)
    (record,), cursor = poll_completely(make_source(database), {})
    body = dict(record.body)
    assert body.pop("changed").startswith("2023-11-14T")
    assert body.pop("at").startswith("2023-11-15T")
    assert body == {name: value for name, value in ROW.items() if name != "at"}
    assert poll_completely(make_source(database), cursor)[1] == cursor


BAD: list[tuple[str, Any]] = [
    ("number", 2**40),
    ("short", "abcd"),
    ("fee", "99999999999.99"),
    ("due", "2023-02-30"),
    ("mark", "x"),
    ("code", "nul \0"),
    ("code", None),
]


@pytest.mark.parametrize("by_url", [True, False])
def test_what_postgresql_refuses_dies_alone_in_any_transaction(database: Engine, by_url: bool) -> None:
    good = [event(f"{number}", **{**ROW, "code": f"L-{number}"}) for number in range(len(BAD))]
    bad = [event(f"bad {number}", **{**ROW, field: value}) for number, (field, value) in enumerate(BAD)]
    mixed = [one for pair in zip(good, bad, strict=True) for one in pair]
    sink = make_sink(database, by_url=by_url)
    if by_url:
        outcomes = sink.deliver(mixed, UntouchableTransaction())
    else:
        with database.begin() as connection:
            outcomes = sink.deliver(mixed, OpenTransaction(connection))
    assert [type(outcome) for outcome in outcomes] == [Done, Dead] * len(BAD)
    with database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM thu.letters")).scalar() == len(BAD)


def test_an_older_version_does_not_replace_a_newer_one(database: Engine) -> None:
    sink = make_sink(database, newer="at")
    for number, day in ((3, "2023-10-03"), (1, "2023-10-01"), (4, "2023-10-04"), (2, "2023-10-02")):
        letter = event(day, **{**ROW, "at": f"{day}T00:00:00+07:00", "number": number})
        sink.deliver([letter], UntouchableTransaction())
    with database.connect() as connection:
        assert connection.execute(text("SELECT number FROM thu.letters")).scalars().all() == [4]


def test_the_source_cannot_change_anything(database: Engine) -> None:
    run(
        database,
        "CREATE FUNCTION spoil() RETURNS INT LANGUAGE SQL AS 'DELETE FROM thu.letters; SELECT 1'",
        "INSERT INTO thu.letters (code) VALUES ('L-1')",
    )
    query = "SELECT code, changed, spoil() AS spoilt FROM thu.letters WHERE changed >= :since"
    _, _, failure = poll_until_failure(make_source(database, query=query), {})
    assert failure
    with database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM thu.letters")).scalar() == 1


def test_a_query_that_takes_too_long_is_transient(database: Engine) -> None:
    run(database, "INSERT INTO thu.letters (code) VALUES ('L-1')")
    query = "SELECT code, changed, pg_sleep(60) AS slept FROM thu.letters WHERE changed >= :since"
    _, _, failure = poll_until_failure(make_source(database, query=query, timeout="200ms"), {})
    assert failure and "không trả lời" in failure.why


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"query": "SELECT * FROM thu.nowhere WHERE changed >= :since"}, "thu.nowhere"),
        ({"since": {"column": "changed", "kind": "date"}}, "datetime, không phải `date`"),
        ({"key": ["id"]}, "`id`"),
    ],
)
def test_a_query_that_cannot_work_is_named(database: Engine, given: dict[str, Any], reason: str) -> None:
    run(database, "INSERT INTO thu.letters (code) VALUES ('L-1')")
    _, _, failure = poll_until_failure(make_source(database, **given), {})
    assert failure and reason in failure.why


def test_rows_come_in_order_and_in_pages_through_a_cursor_of_the_server(database: Engine) -> None:
    run(
        database,
        "INSERT INTO thu.letters (code, changed) SELECT 'L-' || n, '2023-11-14'::timestamptz - n * INTERVAL '1 minute'"
        " FROM generate_series(1, 1200) n",
    )
    pages = list(make_source(database, page_size=500).poll({}))
    assert [len(page.records) for page in pages] == [500, 500, 200]
    assert pages[0].records[0].key == "L-1200"
