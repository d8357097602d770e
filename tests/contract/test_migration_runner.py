"""The migration runner: any package, any number of processes at once, all steps or none, no work when up to date."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from lienthong.adapters.sql.migrations.package import (
    LEDGER,
    MigrationPackage,
    SchemaMismatch,
    project_package,
)
from lienthong.adapters.sql.migrations.runner import Upgrade, prepare, read_states, upgrade
from lienthong.errors import LienthongError
from tests.databases import PACKAGES

STEP = """
from alembic import op

revision = "{number}"
down_revision = {before}


def upgrade() -> None:
    op.execute("{statement}")
"""
STATEMENTS = ("CREATE TABLE parcels (code VARCHAR(20) PRIMARY KEY)", "ALTER TABLE parcels ADD COLUMN weight INTEGER")


def write_package(folder: Path, *statements: str) -> MigrationPackage:
    """A project's package of migrations, in a folder whose name has the special characters of configuration files."""
    folder = folder / "số 100% : a, b"
    versions = folder / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    for number, statement in enumerate(statements, start=1):
        before = f'"{number - 1:04}"' if number > 1 else None
        step = STEP.format(number=f"{number:04}", before=before, statement=statement)
        (versions / f"v{number:04}_step.py").write_text(step, encoding="utf-8")
    return project_package("parcels", folder)


def columns(engine: Engine) -> list[str]:
    found = inspect(engine)
    return [column["name"] for column in found.get_columns("parcels")] if found.has_table("parcels") else []


def test_a_package_of_a_project_is_applied_step_by_step_as_it_grows(empty: Engine, tmp_path: Path) -> None:
    first = write_package(tmp_path, STATEMENTS[0])
    assert upgrade(empty, [LEDGER, first])[1] == Upgrade(first, None, "0001")
    assert columns(empty) == ["code"]
    both = write_package(tmp_path, *STATEMENTS)
    assert [state.state for state in read_states(empty, [LEDGER, both])] == ["current", "outdated"]
    assert upgrade(empty, [LEDGER, both]) == [
        Upgrade(LEDGER, LEDGER.newest, LEDGER.newest),
        Upgrade(both, "0001", "0002"),
    ]
    assert columns(empty) == ["code", "weight"]
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM parcels_schema")) == "0002"


def test_a_package_is_applied_as_a_whole_or_not_at_all(empty: Engine, tmp_path: Path) -> None:
    package = write_package(tmp_path, *STATEMENTS, "INSERT INTO nowhere VALUES (1)")
    with pytest.raises((DBAPIError, LienthongError)):
        upgrade(empty, [package])
    assert columns(empty) == []
    assert read_states(empty, [package])[0].recorded is None


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_the_newest_step_by_file_name_is_the_newest_that_alembic_knows(package: MigrationPackage) -> None:
    config = Config()
    config.set_main_option("script_location", str(LEDGER.folder))
    config.set_main_option("version_locations", str(package.folder / "versions"))
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [package.newest]
    assert sorted(step.revision for step in script.walk_revisions()) == list(package.steps)


def test_a_database_that_is_up_to_date_costs_two_short_queries_for_each_package(empty: Engine) -> None:
    upgrade(empty, PACKAGES)
    statements: list[str] = []
    event.listen(empty, "before_cursor_execute", lambda *call: statements.append(call[2]))
    prepare(empty, PACKAGES)
    upgrade(empty, PACKAGES)
    queries = [statement for statement in statements if statement != "BEGIN"]
    assert len(queries) == 2 * 2 * len(PACKAGES)
    assert {query.split()[0] for query in queries} == {"SELECT"}


UPGRADE = """
import sys
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.migrations.runner import upgrade
from tests.databases import PACKAGES
engine = open_database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
upgrade(engine, PACKAGES)
print("alembic" in sys.modules)
"""


def start_upgrade(engine: Engine) -> "subprocess.Popen[str]":
    """A process that upgrades the database as soon as it is sent a line."""
    command = [sys.executable, "-c", UPGRADE, engine.url.render_as_string(hide_password=False)]
    return subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_several_processes_may_upgrade_the_same_database_at_once(empty: Engine) -> None:
    processes = [start_upgrade(empty) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert [state.state for state in read_states(empty, PACKAGES)] == ["current"] * len(PACKAGES)


def test_an_up_to_date_database_is_not_a_reason_to_import_alembic(empty: Engine) -> None:
    upgrade(empty, PACKAGES)
    output, _ = start_upgrade(empty).communicate("\n", timeout=120)
    assert output.splitlines() == ["ready", "False"]


def test_several_threads_may_upgrade_the_same_database_at_once(empty: Engine) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            upgrade(empty, PACKAGES)
        except BaseException as error:  # noqa: BLE001 - collected for the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {"ledger_entries", "store_dossiers"} <= set(inspect(empty).get_table_names())


def test_a_database_of_a_newer_version_is_refused_before_anything_is_changed(empty: Engine, tmp_path: Path) -> None:
    package = write_package(tmp_path, *STATEMENTS)
    upgrade(empty, [package])
    with empty.begin() as connection:
        connection.execute(text("UPDATE parcels_schema SET version_num = '0003'"))
    for act in (prepare, upgrade):
        with pytest.raises(SchemaMismatch, match="bản mới hơn") as refused:
            act(empty, [LEDGER, package])
        assert "0003" in str(refused.value) and "`parcels`" in str(refused.value)
    assert "ledger_entries" not in inspect(empty).get_table_names()


def test_the_embedded_database_is_upgraded_and_a_servers_is_refused(empty: Engine) -> None:
    if empty.dialect.name == "sqlite":
        prepare(empty, PACKAGES)
        assert "store_dossiers" in inspect(empty).get_table_names()
        return
    with pytest.raises(SchemaMismatch, match="`lienthong migrate`") as refused:
        prepare(empty, PACKAGES)
    assert "`lienthong run --migrate`" in str(refused.value) and "sổ cái" in str(refused.value)
    assert inspect(empty).get_table_names() == []
