"""What is asked for every bundle is answered through an index, even while the database knows nothing of its tables."""

from typing import Any

from sqlalchemy import Engine, event, text

from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.write_transaction import WriteTransaction
from lienthong.ledger.records import Entry
from tests.events import entry
from tests.events import event as an_event

PAGES, PAGE = 15, 100
"""More than it takes until a plan is kept for good, made while the tables were small."""


def _pages(ledger: SqlLedger) -> None:
    """Receive and account for events page by page, in as many transactions."""
    for number in range(PAGES):
        with ledger.transaction() as transaction:
            page = [an_event(f"{number}-{n}", text="x" * 3_000) for n in range(PAGE)]
            transaction.receive(page, source="igate", to=("route.a",), cursor={"n": number})
        with ledger.transaction() as transaction:
            done: list[Entry] = [entry(each, "route.a", "done", turn=2) for each in page]
            assert transaction.record(done) == done


def test_no_table_is_read_through_for_a_page(database: Engine, ledger: SqlLedger) -> None:
    searches: list[tuple[str, Any]] = []

    def searched(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT") and ("ledger_bodies" in statement or "ledger_entries" in statement):
            searches.append((statement, parameters))

    event.listen(database, "before_cursor_execute", searched)
    _pages(ledger)
    event.remove(database, "before_cursor_execute", searched)
    assert len(searches) == 2 * PAGES
    read = _rows_read_through(ledger) if database.dialect.name == "postgresql" else _scans(database, searches)
    assert read == 0


def _rows_read_through(ledger: SqlLedger) -> int:
    """Rows that one more page reads by going through a whole table, by PostgreSQL's own count."""
    counted = text(
        "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_xact_all_tables"
        " WHERE relname LIKE 'ledger_bodies%' OR relname LIKE 'ledger_entries%'"
    )
    with ledger.transaction() as transaction:
        for number in range(PAGES):
            page = [an_event(f"mới {number}-{n}") for n in range(PAGE)]
            transaction.receive(page, source="igate", to=("route.a",), cursor={"n": number})
            transaction.record([entry(each, "route.a", "done", turn=2) for each in page])
        assert isinstance(transaction, WriteTransaction)
        return int(transaction.connection.scalar(counted) or 0)


def _scans(database: Engine, searches: list[tuple[str, Any]]) -> int:
    """How many of the questions SQLite would answer by going through a whole table of ours."""
    found = 0
    with database.connect() as connection:
        for statement, parameters in searches:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found += any(row.detail.startswith("SCAN ledger_") for row in plan)
    return found
