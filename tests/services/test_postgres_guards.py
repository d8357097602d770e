"""PostgreSQL itself keeps the ledger append-only, by month, and the application without the right to change it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql import migrations
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.partitions import Partitions
from lienthong.outcome import Done
from lienthong.ports import Site
from store.writer import DataStore
from tests.events import DAY, entry, event
from tests.services import postgres
from tests.unit.store.events import dossier

ROUTE = "route.a"
GUARDED = ("ledger_entries", "ledger_postings", "ledger_blocks", "ledger_bodies")
MONTHS = ("ledger_entries_2023_11", "ledger_bodies_2023_11")


@pytest.fixture
def database() -> Iterator[Engine]:
    with postgres.fresh_database() as engine:
        yield engine


@pytest.fixture
def ledger(database: Engine) -> SqlLedger:
    ledger = SqlLedger(database, ReplayClock(DAY))
    with ledger.transaction() as transaction:
        transaction.receive([event("a")], source="igate", to=(ROUTE,), cursor={})
        transaction.record([entry(event("a"), ROUTE, "dropped")])
    return ledger


@pytest.mark.parametrize("table", [*GUARDED, *MONTHS])
@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET source = 'x'", "TRUNCATE {}"])
def test_nobody_changes_or_removes_what_was_written(act: str, table: str, ledger: SqlLedger, database: Engine) -> None:
    column = "writer" if table == "ledger_blocks" else "source"
    with pytest.raises(ProgrammingError, match="sổ cái chỉ được ghi thêm"), database.begin() as connection:
        connection.execute(text(act.format(table).replace("source", column)))
    assert list(ledger.verify()) == []


def test_each_month_of_receipt_has_its_own_partitions_and_two_are_made_ahead(
    ledger: SqlLedger, database: Engine
) -> None:
    """The local day counts: 31 December 18:00 UTC is 1 January in Vietnam."""
    late = event("z")._replace(received_at=datetime(2023, 12, 31, 18, tzinfo=UTC))
    with ledger.transaction() as transaction:
        transaction.receive([late], source="igate", to=(ROUTE,), cursor={})
    with database.connect() as connection:
        parts = connection.scalars(
            text("SELECT relid::text FROM pg_partition_tree('ledger_bodies') WHERE isleaf ORDER BY 1")
        ).all()
        placed = connection.execute(text("SELECT tableoid::regclass::text, day FROM ledger_bodies ORDER BY 1")).all()
    months = ("2023_11", "2023_12", "2024_01", "2024_02", "2024_03")
    assert parts == [f"ledger_bodies_{month}" for month in months]
    assert placed == [("ledger_bodies_2023_11", "2023-11-01"), ("ledger_bodies_2024_01", "2024-01-01")]


def test_a_month_is_made_while_others_write(ledger: SqlLedger, database: Engine) -> None:
    """Else the first event of a month would wait for every transaction under way, and they for it."""
    with ledger.transaction() as first:
        first.record([entry(event("x"), ROUTE, "dropped")])
        Partitions(database).ensure(["2025-01-31"])
    with ledger.transaction() as second:
        second.receive([event("y", day=470)], source="igate", to=(ROUTE,), cursor={})


def test_one_event_of_any_length_fits(ledger: SqlLedger) -> None:
    long = event("dài" * 1_000)._replace(type="t" * 500)
    with ledger.transaction() as transaction:
        assert transaction.receive([long], source="igate", to=(ROUTE,), cursor={}).fresh == [long]


def test_the_applications_role_runs_the_bus_and_can_change_nothing_that_was_written(database: Engine) -> None:
    clock = ReplayClock(DAY)
    DataStore(Site(clock, database))
    role = f"role_{make_url(str(database.url)).database}"
    grants = Path(migrations.__file__).with_name("application_role.sql").read_text(encoding="utf-8")
    with database.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        for grant in grants.replace(':"role"', role).split(";\n"):
            connection.execute(text(grant)) if grant.strip() else None
    limited = open_database(database.url.set(username=role).render_as_string(hide_password=False))
    try:
        ledger, sink = SqlLedger(limited, clock), DataStore(Site(clock, limited))
        received = dossier()
        with ledger.transaction() as transaction:
            transaction.receive([received], source="igate", to=("sink.b",), cursor={})
        with ledger.transaction() as transaction:
            assert sink.deliver([received], transaction) == [Done(received)]
            transaction.record([entry(received, "sink.b", "done")])
        assert ledger.balance().sources["igate"].delivered == 1
        forbidden = {"DELETE FROM ledger_entries": "permission denied", "DROP TABLE ledger_entries": "must be owner"}
        for act, why in forbidden.items():
            with pytest.raises(ProgrammingError, match=why), limited.begin() as connection:
                connection.execute(text(act))
    finally:
        limited.dispose()
        with database.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))
