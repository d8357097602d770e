"""The ledger's tables are made and upgraded by migrations, and keep everything that was in them."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, MetaData, text

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql import (
    announcement_tables,
    client_tables,
    file_tables,
    history_table,
    job_tables,
    person_tables,
    push_tables,
    status_tables,
)
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.migrations.package import LEDGER, MigrationPackage
from lienthong.adapters.sql.migrations.runner import upgrade
from lienthong.ledger.records import Account
from store import tables
from tests.databases import STORE
from tests.events import DAY, entry
from tests.events import event as make_event

TABLE_MODULES = (
    announcement_tables,
    client_tables,
    file_tables,
    history_table,
    job_tables,
    person_tables,
    push_tables,
    status_tables,
)
LEDGER_TABLES = {one.metadata for one in TABLE_MODULES}.pop()
"""All tables of the ledger: each of these modules adds its own to one description."""

OLD = json.loads(Path(__file__).with_name("ledger_0_1_0.json").read_text(encoding="utf-8"))
"""The tables of version 0.1.0 and the rows that version wrote into them, copied from its own database."""


@pytest.fixture
def old(empty: Engine) -> Engine:
    """A database as version 0.1.0 left it."""
    with empty.begin() as connection:
        for statement in OLD[empty.dialect.name]:
            connection.execute(text(statement))
        for table, rows in OLD["rows"].items():
            for row in rows:
                columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
                connection.execute(
                    text(f"INSERT INTO {table} ({columns}) VALUES ({values})"),  # noqa: S608 - names of our own file
                    {name: _decode(value) for name, value in row.items()},
                )
        if empty.dialect.name == "postgresql":
            connection.execute(text("SELECT setval('dead_letters_number_seq', max(number)) FROM dead_letters"))
    return empty


def _decode(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("base64:"):
        return base64.b64decode(value.removeprefix("base64:"))
    return value


@pytest.fixture
def upgraded(old: Engine) -> Iterator[SqlLedger]:
    upgrade(old, [LEDGER])
    yield SqlLedger(old, ReplayClock(DAY))


def test_a_ledger_of_0_1_0_is_upgraded_with_everything_in_it(upgraded: SqlLedger) -> None:
    assert list(upgraded.verify()) == []
    balance = upgraded.balance()
    assert balance.faults == ()
    assert balance.sources["igate"] == Account(received=5, delivered=1, dead=1, in_flight=3)
    assert balance.sources["vneid"] == Account(received=1, in_flight=1)
    assert upgraded.cursor("igate") == {"n": 2}
    assert [entry.verdict for entry in upgraded.trail("a")] == ["received", "done", "done"]
    assert len(list(upgraded.open_items())) == 4


def test_an_upgraded_ledger_continues_where_the_old_one_ended(upgraded: SqlLedger) -> None:
    assert upgraded.never_published() == {"igate": range(1, 6), "vneid": range(1, 2)}
    with upgraded.transaction() as transaction:
        received = transaction.receive(
            [make_event("a"), make_event("new")], source="igate", to=("route.a",), cursor={"n": 3}
        )
        transaction.record([entry(make_event("c"), "route.a", "dropped")])
    assert ([event.subject for event in received.fresh], received.numbers) == (["new"], range(6, 7))
    assert list(upgraded.verify()) == []


def test_an_upgrade_does_not_repair_a_ledger_that_was_tampered_with(old: Engine) -> None:
    with old.begin() as connection:
        connection.execute(text("UPDATE ledger_entries SET reason = 'x' WHERE verdict = 'later'"))
    upgrade(old, [LEDGER])
    faults = list(SqlLedger(old, ReplayClock(DAY)).verify())
    assert any("khối" in fault for fault in faults)


@pytest.mark.parametrize(
    ("package", "expected"), [(LEDGER, LEDGER_TABLES), (STORE, tables.metadata)], ids=["ledger", "store"]
)
def test_the_migrations_make_the_tables_that_the_code_expects(
    empty: Engine, package: MigrationPackage, expected: MetaData
) -> None:
    upgrade(empty, [package])
    with empty.connect() as connection:
        postgresql = connection.dialect.name == "postgresql"

        def is_ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
            # On PostgreSQL the partitions are not compared, nor the indexes, which contain the partition key there.
            return not postgresql or kind == "column" or (kind == "table" and "_20" not in str(name))

        options = {"version_table": package.version_table, "include_object": is_ours}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), expected) == []
