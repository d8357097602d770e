"""Queries for every bundle use an index, even while the database has no statistics of its tables."""

from typing import Any

from sqlalchemy import Engine, event, text

from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.write_transaction import WriteTransaction
from lienthong.ledger.records import Entry
from tests.events import entry
from tests.events import event as make_event

PAGES, PAGE = 15, 100
"""More executions than a database needs before it keeps a plan that it made while the tables were small."""


def _receive_pages(ledger: SqlLedger) -> None:
    """Receive events page by page and record their outcomes, in as many transactions."""
    for number in range(PAGES):
        with ledger.transaction() as transaction:
            page = [make_event(f"{number}-{n}", text="x" * 3_000) for n in range(PAGE)]
            transaction.receive(page, source="igate", to=("route.a",), cursor={"n": number})
        with ledger.transaction() as transaction:
            done: list[Entry] = [entry(envelope, "route.a", "done", turn=2) for envelope in page]
            assert transaction.record(done) == done


def test_no_table_is_scanned_for_a_page(database: Engine, ledger: SqlLedger) -> None:
    queries: list[tuple[str, Any]] = []

    def note_query(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT") and ("ledger_bodies" in statement or "ledger_entries" in statement):
            queries.append((statement, parameters))

    event.listen(database, "before_cursor_execute", note_query)
    _receive_pages(ledger)
    event.remove(database, "before_cursor_execute", note_query)
    assert len(queries) == 2 * PAGES
    scanned = _rows_scanned(ledger) if database.dialect.name == "postgresql" else _scans(database, queries)
    assert scanned == 0


def _rows_scanned(ledger: SqlLedger) -> int:
    """Rows that one more page reads in sequential scans, as PostgreSQL counts them."""
    counted = text(
        "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_xact_all_tables"
        " WHERE relname LIKE 'ledger_bodies%' OR relname LIKE 'ledger_entries%'"
    )
    with ledger.transaction() as transaction:
        for number in range(PAGES):
            page = [make_event(f"mới {number}-{n}") for n in range(PAGE)]
            transaction.receive(page, source="igate", to=("route.a",), cursor={"n": number})
            transaction.record([entry(envelope, "route.a", "done", turn=2) for envelope in page])
        assert isinstance(transaction, WriteTransaction)
        return int(transaction.connection.scalar(counted) or 0)


def _scans(database: Engine, queries: list[tuple[str, Any]]) -> int:
    """How many of the queries SQLite would answer by a scan of a table of the ledger."""
    found = 0
    with database.connect() as connection:
        for statement, parameters in queries:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found += any(row.detail.startswith("SCAN ledger_") for row in plan)
    return found
