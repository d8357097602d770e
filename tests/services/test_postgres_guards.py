"""PostgreSQL itself keeps the ledger append-only, by month, and the application's account cannot change it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.letter_store import make_letter_store
from lienthong.adapters.sql.migrations.runner import prepare
from lienthong.adapters.sql.partitions import Partitions
from lienthong.dead_letters.actions import discard
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.edits import approve, pending_edit, propose
from lienthong.dead_letters.model import LetterFilter, ReplayPart, ReplayRun
from lienthong.ledger.records import DeadLetter
from lienthong.outcome import Done
from lienthong.ports import Site
from store.civil_servants import CivilServants
from store.writer import DataStore
from tests.databases import PACKAGES
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
def test_what_was_written_cannot_be_changed_or_removed(
    act: str, table: str, ledger: SqlLedger, database: Engine
) -> None:
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


@pytest.fixture
def limited(database: Engine) -> Iterator[Engine]:
    """The same database for an account with the rights of each package's application_role.sql, and no others."""
    role = f"role_{make_url(str(database.url)).database}"
    with database.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        for package in PACKAGES:
            grants = (package.folder / "application_role.sql").read_text(encoding="utf-8")
            for grant in grants.replace(':"role"', role).split(";\n"):
                connection.execute(text(grant)) if grant.strip() else None
    engine = open_database(database.url.set(username=role).render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    with database.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))


def test_the_application_role_runs_the_bus(limited: Engine) -> None:
    clock = ReplayClock(DAY)
    prepare(limited, PACKAGES)
    ledger, sink = SqlLedger(limited, clock), DataStore(Site(clock, limited))
    received = dossier()
    with ledger.transaction() as transaction:
        transaction.receive([received], source="igate", to=("sink.b",), cursor={})
    assert len(list(ledger.open_items())) == 1
    with ledger.transaction() as transaction:
        assert sink.deliver([received], transaction) == [Done(received)]
        transaction.record([entry(received, "sink.b", "done")])
    assert ledger.balance().sources["igate"].delivered == 1
    assert list(ledger.verify()) == []
    assert CivilServants(Site(clock, limited)).find_many(["052085001234"]) == {}


def test_the_application_role_works_on_dead_letters(limited: Engine) -> None:
    clock = ReplayClock(DAY)
    letter_store = make_letter_store(limited, SqlLedger(limited, clock), clock)
    events = [event(name) for name in "ab"]
    with letter_store.ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=(ROUTE,), cursor={})
        letters = [DeadLetter(0, each, ROUTE, 1, 1, "Rejected", None, "x", DAY) for each in events]
        transaction.record([entry(each, ROUTE, "dead", reason="x") for each in events], letters)
    first, second = [summary.number for summary in letter_store.letters.search(LetterFilter())]
    edit = propose(letter_store, first, {"name": "c"}, who=Actor("lan", "lan"), reason="x")
    approve(letter_store, pending_edit(letter_store, first), who=Actor("minh", "minh"))
    assert letter_store.edits.history(first)[0].digest == edit.digest
    assert discard(letter_store, [second], who=Actor("lan", "lan"), reason="x") == [second]
    run = ReplayRun(number=0, digest="ab" * 32, count=1, who="lan", began_at=DAY)
    with letter_store.ledger.transaction() as transaction:
        number = letter_store.replays.begin(run, transaction)
        part = ReplayPart(number, 0, [(first, 2)])
        letter_store.replays.record_part(part, DAY, transaction)
        letter_store.replays.mark_published(part, transaction)
        letter_store.replays.end(replace(run, number=number, ended_at=DAY), transaction)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("DELETE FROM ledger_entries", "permission denied"),
        ("UPDATE lienthong_schema SET version_num = 'x'", "permission denied"),
        ("DELETE FROM store_documents", "permission denied"),
        ("DROP TABLE ledger_entries", "must be owner"),
        ("ALTER TABLE store_dossiers ADD COLUMN x INTEGER", "must be owner"),
    ],
)
def test_the_application_role_can_change_neither_the_tables_nor_what_was_written(
    statement: str, error: str, limited: Engine
) -> None:
    with pytest.raises(ProgrammingError, match=error), limited.begin() as connection:
        connection.execute(text(statement))


def test_the_application_role_may_read_every_table(database: Engine, limited: Engine) -> None:
    """A new table whose rights are forgotten would end `lienthong run` with "permission denied"."""
    unreadable = text(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' "
        "AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
        "AND NOT has_table_privilege(current_user, c.oid, 'SELECT')"
    )
    with limited.connect() as connection:
        assert connection.scalars(unreadable).all() == []
