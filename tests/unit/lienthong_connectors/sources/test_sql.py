"""Rows of a database by a query with a watermark, on SQLite. PostgreSQL is in tests/contract and tests/services."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import create_engine, text

from lienthong.adapters.sql.external_database import open_external
from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.connectors.protocols.json_values import json_value
from lienthong.connectors.sources.sql import Sql
from lienthong.connectors.sources.sql.since import SqlSince, newest, to_json
from lienthong.data.unreadable import UNREADABLE_KEY
from tests.fake_systems import NOON, make_site, poll_completely, poll_until_failure, record_keys

LOCAL = timedelta(hours=7)
QUERY = "SELECT code, changed FROM letters WHERE changed >= :since"


class Letters:
    """A table of letters in a file of SQLite."""

    def __init__(self, path: Path) -> None:
        self.url = f"sqlite:///{path / 'thu.db'}"
        self.engine = create_engine(self.url)
        self.run("CREATE TABLE letters (code TEXT, changed INTEGER, note TEXT)")

    def run(self, statement: str, **parameters: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), parameters)

    def add(self, *rows: tuple[str | None, int | None]) -> None:
        for code, changed in rows:
            self.run("INSERT INTO letters VALUES (:code, :changed, '')", code=code, changed=changed)

    def source(self, **given: Any) -> Sql:
        parameters = {
            "url": self.url,
            "type": "letter.seen",
            "query": QUERY,
            "since": {"column": "changed", "kind": "integer"},
            "key": ["code"],
            **given,
        }
        return Sql(make_site(), **bind(Sql, parameters, tables={}))


@pytest.fixture
def letters(tmp_path: Path) -> Letters:
    return Letters(tmp_path)


def test_rows_come_in_the_order_of_the_watermark_with_a_cursor_a_page(letters: Letters) -> None:
    letters.add(("c", 3), ("a", 1), ("b", 2))
    pages = list(letters.source(page_size=2).poll({}))
    assert [[record.key for record in page.records] for page in pages] == [["a", "b"], ["c"]]
    assert [page.cursor for page in pages] == [{"since": 2}, {"since": 3}]
    assert pages[0].records[0].body == {"code": "a", "changed": 1}
    assert pages[0].records[0].type == "letter.seen"


def test_equal_watermarks_are_read_again_and_none_is_lost(letters: Letters) -> None:
    letters.add(("a", 5))
    _, cursor = poll_completely(letters.source(), {})
    letters.add(("b", 5))
    records, again = poll_completely(letters.source(), cursor)
    assert record_keys(records) == {"a", "b"}
    assert again == cursor == {"since": 5}


def test_an_overlap_shows_rows_that_became_visible_late_and_the_watermark_does_not_go_back(letters: Letters) -> None:
    since = {"since": {"column": "changed", "kind": "integer", "overlap": 3}}
    letters.add(("a", 10))
    _, cursor = poll_completely(letters.source(**since), {})
    letters.run("DELETE FROM letters")
    letters.add(("late", 8), ("too late", 6))
    records, cursor = poll_completely(letters.source(**since), cursor)
    assert (record_keys(records), cursor) == ({"late"}, {"since": 10})


def test_the_first_poll_begins_at_the_configured_watermark(letters: Letters) -> None:
    letters.add(("old", -5), ("new", 5))
    assert record_keys(poll_completely(letters.source(), {})[0]) == {"old", "new"}
    since = {"column": "changed", "kind": "integer", "initial": 5}
    assert record_keys(poll_completely(letters.source(since=since), {})[0]) == {"new"}


def test_a_poll_ends_after_so_many_rows_and_the_next_one_continues(letters: Letters) -> None:
    letters.add(*((str(number), number) for number in range(10)))
    records, cursor = poll_completely(letters.source(page_size=2, row_limit=4), {})
    assert (len(records), cursor) == (4, {"since": 3})
    records, cursor = poll_completely(letters.source(page_size=2, row_limit=4), cursor)
    assert record_keys(records) == {"3", "4", "5", "6"}


def test_more_rows_of_one_watermark_than_the_limit_are_read_to_their_end(letters: Letters) -> None:
    letters.add(*((str(number), 7) for number in range(10)), ("later", 8))
    records, cursor = poll_completely(letters.source(page_size=2, row_limit=4), {"since": 7})
    assert len(records) == 11
    assert cursor == {"since": 8}


def test_a_row_without_a_watermark_or_a_key_is_read(letters: Letters) -> None:
    letters.add(("a", None), (None, 1), ("b", 2))
    query = "SELECT code, changed FROM letters WHERE changed >= :since OR changed IS NULL"
    records, cursor = poll_completely(letters.source(query=query), {})
    assert [record.key for record in records] == ["a", "", "b"]
    assert cursor == {"since": 2}


def test_bytes_that_are_no_text_cost_their_own_row(letters: Letters) -> None:
    letters.add(("a", 1), ("b", 2), ("c", 3))
    letters.run("UPDATE letters SET note = CAST(x'4EE56E' AS TEXT) WHERE code = 'b'")
    query = "SELECT code, changed, note FROM letters WHERE changed >= :since"
    records, cursor = poll_completely(letters.source(query=query), {})
    assert [record.key for record in records] == ["a", "b", "c"]
    note = records[1].body[UNREADABLE_KEY]
    assert note["field"] == "note" and "0xE5" in note["reason"]
    assert [UNREADABLE_KEY in record.body for record in records] == [False, True, False]
    assert cursor == {"since": 3}


def test_bytes_that_are_no_text_are_no_watermark(letters: Letters) -> None:
    letters.add(("a", 1), ("b", 2))
    letters.run("UPDATE letters SET note = CASE code WHEN 'a' THEN 'x' ELSE CAST(x'E5' AS TEXT) END")
    query = "SELECT code, note FROM letters WHERE note >= :since"
    records, cursor = poll_completely(letters.source(query=query, since={"column": "note", "kind": "text"}), {})
    assert ([record.key for record in records], cursor) == (["a", "b"], {"since": "x"})


def test_a_query_may_have_comments_line_ends_and_its_own_order(letters: Letters) -> None:
    letters.add(("b", 2), ("a", 1))
    query = """-- letters
        WITH fresh AS (SELECT * FROM letters WHERE changed >= :since)
        SELECT code, changed AS "Khi nào" FROM fresh ORDER BY changed DESC; -- the last"""
    since = {"column": "Khi nào", "kind": "integer"}
    records, _ = poll_completely(letters.source(query=query.replace("; -- the last", " -- the last"), since=since), {})
    assert [record.key for record in records] == ["a", "b"]


def test_the_database_is_not_changed_and_a_missing_one_is_not_made(letters: Letters, tmp_path: Path) -> None:
    engine = open_external(letters.url, timeout=timedelta(seconds=1), read_only=True)
    with engine.connect() as connection, pytest.raises(Exception, match="readonly"):
        connection.execute(text("DELETE FROM letters"))
    engine.dispose()
    missing = tmp_path / "missing.db"
    _, _, failure = poll_until_failure(letters.source(url=f"sqlite:///{missing}"), {})
    assert failure and not missing.exists()


FAULTS: Mapping[str, tuple[dict[str, Any], str]] = {
    "table": ({"query": "SELECT * FROM nowhere WHERE changed >= :since"}, "no such table: nowhere"),
    "syntax": ({"query": "SELECT FROM WHERE x >= :since"}, "syntax"),
    "watermark": ({"since": {"column": "moved", "kind": "integer"}}, "moved"),
    "key": ({"key": ["id"]}, "`id`; các cột có: code, changed"),
    "another kind": (
        {"since": {"column": "changed", "kind": "text"}, "query": QUERY + " OR 1 = 1"},
        "int, không phải `text`",
    ),
    "moments": ({"since": {"column": "changed"}}, "`text` hoặc `integer`"),
    "a name twice": ({"query": "SELECT code, changed, code AS code FROM letters WHERE changed >= :since"}, "code"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_query_that_cannot_work_is_transient_and_named(letters: Letters, name: str) -> None:
    given, reason = FAULTS[name]
    letters.add(("a", 1))
    _, cursor, failure = poll_until_failure(letters.source(**given), {})
    if name == "a name twice" and failure is None:
        pytest.skip("SQLite gives the second column another name")
    assert failure and reason in failure.why
    assert cursor == {}


def test_a_server_that_is_not_there_is_transient_and_no_secret_is_shown(letters: Letters) -> None:
    url = "postgresql://user:s3cret@127.0.0.1:1/letters"
    _, _, failure = poll_until_failure(letters.source(url=url), {})
    assert failure and "cơ sở dữ liệu không trả lời" in failure.why
    assert "s3cret" not in failure.why and "127.0.0.1" not in failure.why


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        ("Đ", "Đ"),
        (5, 5),
        (2**63, "9223372036854775808"),
        (0.5, 0.5),
        (float("nan"), "nan"),
        (Decimal("10.50"), "10.50"),
        (datetime(2023, 11, 15, 5, tzinfo=UTC), "2023-11-15T05:00:00+00:00"),
        (datetime(2023, 11, 15, 5), "2023-11-15T05:00:00"),  # noqa: DTZ001 - a column without an offset
        (date(2023, 11, 15), "2023-11-15"),
        (time(8, 30), "08:30:00"),
        (timedelta(minutes=1), 60.0),
        (b"\x00\xff", "AP8="),
        (memoryview(b"a"), "YQ=="),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        ([Decimal(1), {"a": b"a"}], ["1", {"a": "YQ=="}]),
    ],
)
def test_values_become_json_without_loss(value: object, written: object) -> None:
    assert json_value(value) == written
    assert orjson.loads(orjson.dumps(json_value(value))) == written


NAIVE = datetime(2023, 11, 15, 11, 0)  # noqa: DTZ001 - a column without an offset


@pytest.mark.parametrize(
    ("given", "value", "mark"),
    [
        ({}, NOON - timedelta(hours=1), NOON - timedelta(hours=1)),
        ({}, NOON + timedelta(days=900), NOON),
        ({}, NAIVE, NAIVE),
        ({}, NAIVE + timedelta(days=900), NAIVE + timedelta(hours=1)),
        ({"zone": "UTC"}, NAIVE + timedelta(days=900), NAIVE - timedelta(hours=6)),
        ({"kind": "date"}, date(2023, 11, 14), date(2023, 11, 14)),
        ({"kind": "date"}, date(2099, 1, 1), date(2023, 11, 15)),
        ({"kind": "integer"}, Decimal(5), 5),
        ({"kind": "text"}, "2099", "2099"),
    ],
)
def test_a_watermark_of_every_kind_survives_the_cursor_and_is_never_in_the_future(
    given: dict[str, Any], value: Any, mark: Any
) -> None:
    since = SqlSince.model_validate({"column": "changed", **given})
    assert since.from_row(value, NOON) == mark
    assert since.from_json(orjson.loads(orjson.dumps(to_json(mark)))) == mark
    assert newest(mark, mark) == mark


@pytest.mark.parametrize(
    ("given", "kept", "mark"),
    [
        ({}, NOON - LOCAL, NOON - LOCAL),
        ({}, NOON + timedelta(days=365), NOON),
        ({"kind": "date"}, date(2099, 1, 1), date(2023, 11, 15)),
        ({"kind": "integer"}, 2**62, 2**62),
        ({"kind": "text"}, "b", "b"),
        ({"kind": "text"}, "2023-11-15 12:00:00", "2023-11-15 12:00:00"),
        ({"kind": "text"}, "2023-11-15 12:00:01", None),
        ({"kind": "text"}, "9999-12-31T23:59:59Z", None),
        ({}, None, None),
    ],
)
def test_a_cursor_from_the_future_hides_nothing(given: dict[str, Any], kept: Any, mark: Any) -> None:
    assert SqlSince.model_validate({"column": "changed", **given}).believable(kept, NOON) == mark


def test_a_text_from_the_future_is_no_watermark(letters: Letters) -> None:
    letters.run("INSERT INTO letters VALUES ('a', '2023-11-14 08:00:00', ''), ('b', '2099-01-01 00:00:00', '')")
    source = letters.source(since={"column": "changed", "kind": "text"})
    records, cursor = poll_completely(source, {})
    assert (record_keys(records), cursor) == ({"a", "b"}, {"since": "2023-11-14 08:00:00"})
    letters.run("INSERT INTO letters VALUES ('c', '2023-11-15 08:00:00', '')")
    assert "c" in record_keys(poll_completely(source, cursor)[0])


@pytest.mark.parametrize(
    ("given", "mark", "begins"),
    [
        ({}, NOON, NOON - timedelta(minutes=10)),
        ({"overlap": timedelta(0)}, NOON, NOON),
        ({"overlap": timedelta(days=999_999)}, NOON, datetime(1, 1, 2, tzinfo=UTC)),
        ({"overlap": timedelta(days=999_999)}, NAIVE, datetime(1, 1, 2)),  # noqa: DTZ001 - as NAIVE
        ({"kind": "date"}, date(2023, 11, 15), date(2023, 11, 14)),
        ({"kind": "integer", "overlap": 5}, 7, 2),
        ({"kind": "text"}, "b", "b"),
        ({"kind": "text"}, None, ""),
        ({"initial": "2023-01-01T00:00:00+07:00"}, None, datetime(2022, 12, 31, 17, tzinfo=UTC)),
        ({"kind": "date"}, None, date(1, 1, 2)),
    ],
)
def test_where_a_poll_begins(given: dict[str, Any], mark: Any, begins: Any) -> None:
    if isinstance(given.get("overlap"), timedelta):
        given = {**given, "overlap": f"{given['overlap'].days}d"}
    assert SqlSince.model_validate({"column": "changed", **given}).begin(mark) == begins


WRONG: dict[str, tuple[dict[str, Any], tuple[str | int, ...]]] = {
    "no URL": ({"url": "letters"}, ("url",)),
    "unknown database": ({"url": "nosuch://u:s3cret@h/d"}, ("url",)),
    "no driver": ({"url": "oracle://u:s3cret@h/d"}, ("url",)),
    "no watermark": ({"query": "SELECT code FROM letters"}, ("query",)),
    "another parameter": ({"query": f"{QUERY} AND code = :code"}, ("query",)),
    "a change": ({"query": "DELETE FROM letters WHERE changed >= :since"}, ("query",)),
    "two statements": ({"query": QUERY + "; SELECT 1"}, ("query",)),
    "no key": ({"key": []}, ("key",)),
    "kind": ({"since": {"column": "changed", "kind": "moment"}}, ("since", "kind")),
    "zone": ({"since": {"column": "changed", "zone": "Hanoi"}}, ("since", "zone")),
    "overlap of a text": ({"since": {"column": "changed", "kind": "text", "overlap": "5m"}}, ("since",)),
    "overlap of a number": ({"since": {"column": "changed", "kind": "integer", "overlap": "5m"}}, ("since",)),
    "overlap without a unit": ({"since": {"column": "changed", "overlap": 5}}, ("since",)),
    "initial": ({"since": {"column": "changed", "initial": "soon"}}, ("since",)),
    "page": ({"page_size": 0}, ("page_size",)),
}


@pytest.mark.parametrize("name", WRONG)
def test_check_refuses_what_cannot_work_and_shows_no_secret(letters: Letters, name: str) -> None:
    given, path = WRONG[name]
    with pytest.raises(Mismatch) as error:
        letters.source(**given)
    assert path in [fault.path for fault in error.value.faults]
    assert "s3cret" not in str(error.value)
