"""The tables of the ledger and of the project's packages: their state, and how they are upgraded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lienthong.adapters.sql.database import Database, open_database
from lienthong.adapters.sql.migrations.package import LEDGER, MigrationPackage, SchemaState, project_package
from lienthong.adapters.sql.migrations.runner import Upgrade, read_states, upgrade
from lienthong.configuration.load import Loaded, load_documents
from lienthong.configuration.names import migration_folder
from lienthong.errors import Misconfigured
from lienthong.settings import BusSettings


def migration_packages(settings: BusSettings) -> tuple[MigrationPackage, ...]:
    """All packages, the ledger's first. Raises `Mismatch` for a name that leads to no package of migrations."""
    named = settings.migrations.items()
    return (LEDGER, *(project_package(name, migration_folder(dotted)) for name, dotted in named))


def bus_settings(project: Path, variables: Mapping[str, str]) -> BusSettings:
    """The content of `config/bus.yaml`. Faults of other files, such as variables that are not set, do not matter here.

    Raises `Misconfigured`.
    """
    return sound_bus(load_documents(project, variables))


def sound_bus(loaded: Loaded) -> BusSettings:
    """The same of a configuration that was read. Raises `Misconfigured`."""
    faults = [
        finding
        for finding in sorted(loaded.findings)
        if finding.level == "error" and finding.file.startswith(("config/bus.", "config/env"))
    ]
    if faults:
        raise Misconfigured(faults)
    return loaded.settings.bus


@dataclass(frozen=True, slots=True)
class TableStates:
    """The state of each package's tables. `is_embedded` tells whether the next command upgrades them by itself."""

    states: Sequence[SchemaState]
    is_embedded: bool


def read_table_states(database_url: str, packages: Sequence[MigrationPackage]) -> TableStates:
    """The state of the tables in a database. Changes nothing."""
    database = open_database(database_url)
    try:
        return table_states(database, packages)
    finally:
        database.dispose()


def table_states(database: Database, packages: Sequence[MigrationPackage]) -> TableStates:
    """The same of a database that is open."""
    return TableStates(read_states(database, packages), database.dialect.name == "sqlite")


def upgrade_tables(database_url: str, packages: Sequence[MigrationPackage]) -> Sequence[Upgrade]:
    """Create or upgrade the tables of every package, and return what was done."""
    database = open_database(database_url)
    try:
        return list(upgrade(database, packages))
    finally:
        database.dispose()
