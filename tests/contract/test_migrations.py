"""The ledger's tables are made and upgraded by migrations, with what is in them."""

import base64
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, insert, inspect, select, text

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql import migrations
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import metadata
from lienthong.ledger.records import Account
from store import tables as store
from tests.events import DAY, entry
from tests.events import event as an_event
from tests.services import postgres

OLD = json.loads(Path(__file__).with_name("ledger_0_1_0.json").read_text(encoding="utf-8"))
"""The tables of version 0.1.0 and what that version wrote into them, copied from its own database."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "postgresql":
        with postgres.fresh_database(empty=True) as engine:
            yield engine
        return
    engine = open_database(f"sqlite:///{tmp_path / 'old.db'}")
    yield engine
    engine.dispose()


def _fill_as_0_1_0(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in OLD[engine.dialect.name]:
            connection.execute(text(statement))
        for table, rows in OLD["rows"].items():
            for row in rows:
                columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
                connection.execute(
                    text(f"INSERT INTO {table} ({columns}) VALUES ({values})"),  # noqa: S608 - our own file
                    {name: _plain(value) for name, value in row.items()},
                )
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT setval('dead_letters_number_seq', max(number)) FROM dead_letters"))


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("base64:"):
        return base64.b64decode(value.removeprefix("base64:"))
    return value


def test_a_ledger_of_0_1_0_is_upgraded_with_everything_in_it(empty: Engine) -> None:
    _fill_as_0_1_0(empty)
    ledger = SqlLedger(empty, ReplayClock(DAY))
    assert list(ledger.verify()) == []
    balance = ledger.balance()
    assert balance.faults == ()
    assert balance.sources["igate"] == Account(received=5, delivered=1, dead=1, in_flight=3)
    assert balance.sources["vneid"] == Account(received=1, in_flight=1)
    assert ledger.cursor("igate") == {"n": 2}
    assert [e.verdict for e in ledger.trail("a")] == ["received", "done", "done"]
    assert len(list(ledger.open_items())) == 4


def test_an_upgraded_ledger_goes_on_where_the_old_one_stood(empty: Engine) -> None:
    _fill_as_0_1_0(empty)
    ledger = SqlLedger(empty, ReplayClock(DAY))
    assert ledger.never_published() == {"igate": range(1, 6), "vneid": range(1, 2)}
    with ledger.transaction() as transaction:
        taken = transaction.receive([an_event("a"), an_event("neu")], "source.igate", ("route.a",), {"n": 3})
        transaction.record([entry(an_event("c"), "route.a", "dropped")])
    assert ([e.subject for e in taken.fresh], taken.numbers) == (["neu"], range(6, 7))
    assert list(ledger.verify()) == []


def test_an_old_ledger_that_was_tampered_with_is_not_healed_by_the_upgrade(empty: Engine) -> None:
    _fill_as_0_1_0(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE ledger_entries SET reason = 'x' WHERE verdict = 'later'"))
    faults = list(SqlLedger(empty, ReplayClock(DAY)).verify())
    assert any("khối" in fault for fault in faults)


def test_what_the_migrations_make_is_what_the_code_sees(empty: Engine) -> None:
    migrations.bring_up(empty)
    with empty.connect() as connection:
        postgresql = connection.dialect.name == "postgresql"

        def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
            # PostgreSQL's own: partitions of the months, and the day in unique indexes.
            return not postgresql or kind == "column" or (kind == "table" and "_20" not in str(name))

        options = {"version_table": migrations.VERSION_TABLE, "include_object": ours}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    assert found == []


def test_the_history_of_dossiers_gets_the_key_of_today_with_every_version_in_it(empty: Engine) -> None:
    columns = "event_id, source, code, updated_at, data"
    with empty.begin() as connection:
        types = columns.replace(",", " VARCHAR NOT NULL,")
        connection.execute(text(f"CREATE TABLE store_dossier_versions ({types} TEXT NOT NULL, PRIMARY KEY (event_id))"))
        connection.execute(
            text("CREATE INDEX store_dossier_versions_by_dossier ON store_dossier_versions (source, code, updated_at)")
        )
        told = f"INSERT INTO store_dossier_versions ({columns}) VALUES (:id, 'igate', :code, '2023', '{{}}')"  # noqa: S608 - our own names
        connection.execute(text(told), [{"id": f"{9 - n}", "code": f"{n}"} for n in range(3)])
    for _ in range(2):
        store.create(empty)
    with empty.connect() as connection:
        kept = connection.execute(select(store.dossier_versions.c["code", "event_id"]).order_by("code")).all()
        key = inspect(connection).get_pk_constraint("store_dossier_versions")["constrained_columns"]
    assert kept == [("0", "9"), ("1", "8"), ("2", "7")]
    assert key == ["source", "code", "event_id"]


def test_what_dossiers_say_is_kept_in_the_history_alone_and_none_of_it_is_lost(empty: Engine) -> None:
    store.create(empty)
    rows = [{"code": code, "data": f'{{"code":"{code}"}}'} for code in ("1", "2")]
    newest = {"source": "igate", "event_id": "e", "updated_at": "2023", "observed_at": "2023"}
    with empty.begin() as connection:
        connection.execute(text("ALTER TABLE store_dossiers ADD COLUMN data TEXT NOT NULL DEFAULT ''"))
        for row in rows:
            connection.execute(
                text(
                    "INSERT INTO store_dossiers (source, code, event_id, updated_at, observed_at, procedure, quality,"
                    " data) VALUES (:source, :code, :event_id, :updated_at, :observed_at, '1.0', '', :data)"
                ),
                newest | row,
            )
        known = {"source": "igate", "code": "1", "event_id": "e", "updated_at": "2023", "data": "as it was"}
        connection.execute(insert(store.dossier_versions).values(known))
    for _ in range(2):
        store.create(empty)
    with empty.connect() as connection:
        kept = connection.execute(select(store.dossier_versions.c["code", "data"]).order_by("code")).all()
        columns = [column["name"] for column in inspect(connection).get_columns("store_dossiers")]
    assert kept == [("1", "as it was"), ("2", '{"code":"2"}')]
    assert columns == [column.name for column in store.dossiers.columns]


def test_the_step_the_code_expects_is_the_last_one_there_is() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_a_database_that_is_up_to_date_is_only_looked_at(empty: Engine) -> None:
    migrations.bring_up(empty)
    statements: list[str] = []
    event.listen(empty, "before_cursor_execute", lambda *call: statements.append(call[2]))
    migrations.bring_up(empty)
    assert len(statements) <= 4
    assert {said.split()[0].upper() for said in statements} <= {"BEGIN", "PRAGMA", "SELECT"}


def test_many_may_bring_up_the_same_database_at_once(empty: Engine) -> None:
    failed: list[BaseException] = []

    def one() -> None:
        try:
            migrations.bring_up(empty)
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert "ledger_entries" in inspect(empty).get_table_names()
