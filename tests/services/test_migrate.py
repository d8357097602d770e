"""`lienthong migrate` on a PostgreSQL server. Other commands refuse tables of another version and state what to do."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from lienthong.operations.health_items import Installation
from lienthong.operations.server_health import examine_database_server
from tests.command_line import ROOT, lienthong
from tests.databases import make_tables
from tests.recording.conftest import assert_balanced, empty_recording, read_report
from tests.services import postgres

NO_BROKER = "amqp://guest:guest@127.0.0.1:1"
COMMANDS = (
    ("run", "--until-done"),
    ("run", "--processes", "2"),
    ("trail", "x"),
    ("balance",),
    ("verify",),
    ("queues",),
    ("dead", "groups"),
    ("dead", "list"),
    ("dead", "show", "1"),
    ("dead", "replay", "--all"),
    ("dead", "discard", "1", "--reason", "x"),
    ("report", "indicators", "--period", "2023-11"),
)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A database without tables. LIENTHONG_DATABASE names it."""
    monkeypatch.setenv("LIENTHONG_DATA", str(tmp_path / "data"))
    with postgres.fresh_database(empty=True) as engine:
        monkeypatch.setenv("LIENTHONG_DATABASE", engine.url.render_as_string(hide_password=False))
        yield engine


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_refuses_a_database_without_tables(command: tuple[str, ...], database: Engine) -> None:
    """The broker that is named does not exist: a command that opened it first would fail for that."""
    refused = lienthong(*command, LIENTHONG_BROKER=NO_BROKER)
    assert refused.returncode == 1, refused.stdout
    assert "`lienthong migrate`" in refused.stderr and "`lienthong run --migrate`" in refused.stderr
    assert "sổ cái" in refused.stderr
    assert inspect(database).get_table_names() == []


@pytest.mark.parametrize("table", ["lienthong_schema", "store_schema"])
def test_a_command_refuses_tables_of_a_newer_version_with_other_words(table: str, database: Engine) -> None:
    make_tables(database)
    with database.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET version_num = '9999'"))  # noqa: S608 - one of the two above
    for command in (
        ("run", "--until-done", "--migrate"),
        ("migrate",),
        ("report", "indicators", "--period", "2023-11"),
    ):
        refused = lienthong(*command, LIENTHONG_BROKER=NO_BROKER)
        assert refused.returncode == 1, refused.stdout
        assert "bản mới hơn" in refused.stderr and "9999" in refused.stderr
        assert "--migrate" not in refused.stderr


def test_migrate_creates_the_tables_and_prints_what_it_did(database: Engine) -> None:
    first, second = lienthong("migrate", LIENTHONG_LANG="en"), lienthong("migrate")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "the ledger: tables are ready" in first.stdout and "`store`: tables are ready" in first.stdout
    assert second.stdout.count("đã đúng bản này") == 2
    assert {"ledger_entries", "store_dossiers"} <= set(inspect(database).get_table_names())
    assert lienthong("balance").returncode == 0


def test_migrate_needs_no_variable_of_the_sources_but_a_sound_bus_file(database: Engine, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "config" / "sources").mkdir(parents=True)
    (root / "config" / "sources" / "office.yaml").write_text("use: x.Y\nevery: 1m\nwith: {url: '${NOT_SET}'}\n")
    (root / "config" / "bus.yaml").write_text("migrations: {store: store.nowhere}\n")
    refused = lienthong("migrate", LIENTHONG_PROJECT=str(root))
    assert refused.returncode == 1 and "LT302" in refused.stderr
    assert inspect(database).get_table_names() == []
    (root / "config" / "bus.yaml").write_text("migrations: {store: store.migrations}\n")
    done = lienthong("migrate", LIENTHONG_PROJECT=str(root))
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("database")
def test_run_with_migrate_makes_the_tables_first(tmp_path: Path) -> None:
    recording = empty_recording(tmp_path / "silent")
    url = os.environ["LIENTHONG_DATABASE"]
    command = ["run", "--migrate", "--recording", recording, "--until-done", "--out", tmp_path / "out"]
    done = lienthong(*command, "--database", url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert read_report(tmp_path / "out", "paper-filings-2023-11")["total"] == 0
    assert_balanced(tmp_path / "data", empty=True)


def test_the_doctor_reports_the_state_of_the_tables(database: Engine, tmp_path: Path) -> None:
    url = database.url.render_as_string(hide_password=False)
    installation = Installation(ROOT, os.environ, tmp_path, "memory://", url)

    def states() -> list[str]:
        return [item.state for item in examine_database_server(installation) if str(item.topic) == "Lược đồ"]

    assert states() == ["fail", "fail"]
    make_tables(database)
    assert states() == ["ok", "ok"]
    with database.begin() as connection:
        connection.execute(text("UPDATE store_schema SET version_num = '9999'"))
    assert states() == ["ok", "fail"]
    installation.close()


def test_an_account_without_the_right_to_change_tables_gets_the_advice_to_use_the_owner(database: Engine) -> None:
    role = f"role_{database.url.database}"
    with database.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
    try:
        url = database.url.set(username=role).render_as_string(hide_password=False)
        refused = lienthong("migrate", LIENTHONG_DATABASE=url)
        assert refused.returncode == 1
        assert "LIENTHONG_DATABASE" in refused.stderr and "`lienthong migrate`" in refused.stderr
    finally:
        with database.begin() as connection:
            connection.execute(text(f"DROP ROLE {role}"))
