"""A package of migrations, and how a database stands to it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, text

from lienthong.errors import LienthongError
from lienthong.messages import Message, message
from lienthong.settings import MIGRATION_STEPS


@dataclass(frozen=True)
class MigrationPackage:
    """A folder whose `versions/` holds Alembic steps, each named `vNNNN_what_it_does.py` with the revision `NNNN`.

    `version_table` is the table in which the database records the newest applied step.
    """

    name: str
    folder: Path
    version_table: str

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The numbers of all steps, oldest first, read off the file names: nothing is imported."""
        return tuple(sorted(path.name[1:5] for path in (self.folder / "versions").glob(MIGRATION_STEPS)))

    @property
    def newest(self) -> str:
        """The step that this version needs."""
        return self.steps[-1]

    @property
    def title(self) -> Message | str:
        """The package in a sentence: the ledger by its word, a project's package by its key in `config/bus.yaml`."""
        return message("the ledger") if self is LEDGER else f"`{self.name}`"


LEDGER = MigrationPackage("ledger", Path(__file__).parent, "lienthong_schema")
"""The ledger's own steps."""


def project_package(name: str, folder: Path) -> MigrationPackage:
    """A package that a project names in `config/bus.yaml`; its version table is `<name>_schema`."""
    return MigrationPackage(name, folder, f"{name}_schema")


@dataclass(frozen=True, slots=True)
class SchemaState:
    """How a database stands to one package.

    `recorded` is the newest applied step; None when the database records none: it is empty, or its tables are from a
    version that recorded nothing.
    """

    package: MigrationPackage
    recorded: str | None

    @property
    def state(self) -> Literal["current", "outdated", "newer"]:
        if self.recorded == self.package.newest:
            return "current"
        return "outdated" if self.recorded is None or self.recorded in self.package.steps else "newer"


class SchemaMismatch(LienthongError):  # noqa: N818 - names the state of the database, as the other errors do
    """The tables in the database are not those this version needs. Nothing was changed."""


def read_state(connection: Connection, package: MigrationPackage) -> SchemaState:
    """The state of the database, by at most two short queries."""
    if connection.dialect.name == "postgresql":
        # A missing table would be an error and end the transaction; to_regclass answers NULL.
        exists = "SELECT to_regclass(:name)"
    else:
        exists = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = :name"
    if connection.scalar(text(exists), {"name": package.version_table}) is None:
        return SchemaState(package, None)
    recorded = connection.scalar(text(f"SELECT version_num FROM {package.version_table}"))  # noqa: S608 - a checked name
    return SchemaState(package, None if recorded is None else str(recorded))


def refuse_newer(state: SchemaState) -> None:
    """Raise `SchemaMismatch` when a newer version of the program has changed the tables."""
    if state.state == "newer":
        raise SchemaMismatch(
            message(
                "The tables of {package} in the database were changed by a newer version (step {recorded}; this "
                "version knows steps up to {newest}). Nothing was changed: install that version, or restore a backup "
                "of the database that this version wrote.",
                package=state.package.title,
                recorded=state.recorded,
                newest=state.package.newest,
            )
        )


def refuse_outdated(state: SchemaState) -> None:
    """Raise `SchemaMismatch` when the tables are missing or of an earlier version."""
    if state.state != "outdated":
        return
    raise SchemaMismatch(
        message(
            "The tables of {package} in the database are missing or from an earlier version (recorded step: "
            "{recorded}; needed: {newest}). Nothing was started. Stop the processes of the earlier version, then run "
            "`lienthong migrate` with the account that owns the tables, or start with `lienthong run --migrate`.",
            package=state.package.title,
            recorded=state.recorded or message("none"),
            newest=state.package.newest,
        )
    )
