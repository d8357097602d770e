"""The tables of an embedded database: commands upgrade those of an earlier version and refuse those of a newer one."""

from pathlib import Path

import pytest
from sqlalchemy import text

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.migrations.package import MigrationPackage, SchemaMismatch
from lienthong.operations.health_items import Installation
from lienthong.operations.migrations import bus_settings, migration_packages, read_table_states, upgrade_tables
from lienthong.operations.server_health import examine_database_server
from lienthong.runtime.composition import open_storage
from lienthong.runtime.existing_storage import open_ledger
from lienthong.runtime.project import Project
from lienthong.settings import Settings
from tests.databases import PACKAGES, open_embedded
from tests.events import DAY

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """This project, with an embedded database of its own."""
    open_embedded(tmp_path).dispose()
    return Project(ROOT, tmp_path, {})


def set_step(project: Project, table: str, step: str) -> None:
    """Let the database record `step` in a version table, or none if it is empty."""
    engine = open_embedded(project.data)
    with engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - one of our tables
        if step:
            connection.execute(text(f"INSERT INTO {table} VALUES (:step)"), {"step": step})  # noqa: S608 - one of our tables
    engine.dispose()


def states(project: Project) -> list[str]:
    """The state of each package's tables, the ledger's first."""
    found = read_table_states(project.endpoints.database_url(), PACKAGES)
    assert found.is_embedded
    return [state.state for state in found.states]


def health(project: Project) -> list[tuple[str, bool]]:
    """What the doctor finds of the tables: the state, and whether there is an advice."""
    installation = Installation(project.folder, {}, project.data, "memory://", "")
    items = [item for item in examine_database_server(installation) if str(item.topic) == "Lược đồ"]
    return [(item.state, bool(item.advice)) for item in items]


def test_the_project_names_its_packages_in_the_bus_file(project: Project) -> None:
    assert migration_packages(bus_settings(project.folder, {})) == PACKAGES


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_each_step_has_the_number_that_follows_the_one_before(package: MigrationPackage) -> None:
    assert package.steps == tuple(f"{number:04}" for number in range(1, len(package.steps) + 1))


def test_a_run_upgrades_tables_of_an_earlier_version_and_the_doctor_announces_it(project: Project) -> None:
    assert (states(project), health(project)) == (["current", "current"], [("ok", False), ("ok", False)])
    set_step(project, "store_schema", "")
    assert (states(project), health(project)) == (["current", "outdated"], [("ok", False), ("warn", True)])
    open_storage(Settings(bus=bus_settings(ROOT, {})), project.endpoints, ReplayClock(DAY)).close()
    assert states(project) == ["current", "current"]


@pytest.mark.parametrize("table", ["lienthong_schema", "store_schema"])
def test_a_run_refuses_tables_of_a_newer_version(table: str, project: Project) -> None:
    set_step(project, table, "9999")
    with pytest.raises(SchemaMismatch, match="bản mới hơn"):
        open_storage(Settings(bus=bus_settings(ROOT, {})), project.endpoints, ReplayClock(DAY))
    with pytest.raises(SchemaMismatch, match="bản mới hơn"):
        upgrade_tables(project.endpoints.database_url(), PACKAGES)
    assert sorted(states(project)) == ["current", "newer"]
    assert ("fail", True) in health(project)


def test_a_command_that_only_reads_refuses_a_newer_ledger(project: Project) -> None:
    with open_ledger(project) as ledger:
        assert ledger.balance().sources == {}
    set_step(project, "lienthong_schema", "9999")
    with pytest.raises(SchemaMismatch, match="bản mới hơn"), open_ledger(project):
        pass
