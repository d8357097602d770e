"""The migrations a project has: the ledger's, and those of the packages it names in `config/bus.yaml`."""

from lienthong.adapters.sql.migrations.package import LEDGER, MigrationPackage, project_package
from lienthong.configuration.names import migration_folder
from lienthong.settings import BusSettings


def migration_packages(settings: BusSettings) -> tuple[MigrationPackage, ...]:
    """All packages, the ledger's first. Raises `Mismatch` for a name that leads to no package of migrations."""
    named = settings.migrations.items()
    return (LEDGER, *(project_package(name, migration_folder(dotted)) for name, dotted in named))
