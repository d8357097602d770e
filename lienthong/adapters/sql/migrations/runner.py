"""Applies migrations, or refuses a database that lacks them.

Alembic is imported only when a step has to be applied: an up-to-date database costs two short queries for each package.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.errors import translate_errors
from lienthong.adapters.sql.migrations.package import (
    MigrationPackage,
    SchemaMismatch,
    SchemaState,
    read_state,
    refuse_newer,
    refuse_outdated,
)
from lienthong.messages import message

_LOCK = 0x6C69656E0001
"""The key of PostgreSQL's advisory lock that a process holds while it changes tables."""

_INSUFFICIENT_PRIVILEGE = "42501"


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What was done for one package: nothing when `before` is `after`. `before` is None when no step was recorded."""

    package: MigrationPackage
    before: str | None
    after: str


def prepare(engine: Engine, packages: Sequence[MigrationPackage]) -> None:
    """Make sure that the tables are those this version needs, before anything uses them.

    The embedded database (SQLite) is upgraded. A server's database is only looked at: `lienthong migrate` upgrades it.
    Raises `SchemaMismatch`, or `Transient` when the database does not answer.
    """
    if engine.dialect.name == "sqlite":
        upgrade(engine, packages)
        return
    states = read_states(engine, packages)
    for refuse in (refuse_newer, refuse_outdated):
        for state in states:
            refuse(state)


def read_states(engine: Engine, packages: Sequence[MigrationPackage]) -> list[SchemaState]:
    """How the database stands to each package."""
    with open_reader(engine) as connection:
        return [read_state(connection, package) for package in packages]


def upgrade(engine: Engine, packages: Sequence[MigrationPackage]) -> list[Upgrade]:
    """Create or upgrade the tables of each package, and return what was done, in the same order.

    Each package is upgraded in one transaction: all of its missing steps are applied, or none. Any number of processes
    may call this at once; one does the work and the others wait for it.
    Raises `SchemaMismatch` before any change when one package is newer than this version, or when the account may not
    change the tables; `Transient` when the database does not answer.
    """
    states = read_states(engine, packages)
    for state in states:
        refuse_newer(state)
    return [_upgrade(engine, state) for state in states]


def _upgrade(engine: Engine, state: SchemaState) -> Upgrade:
    package = state.package
    if state.state == "outdated":
        with _exclusive(engine, package) as connection:
            state = read_state(connection, package)  # another process may have been faster
            refuse_newer(state)
            if state.state == "outdated":
                _apply(connection, package)
    return Upgrade(package, state.recorded, package.newest)


@contextmanager
def _exclusive(engine: Engine, package: MigrationPackage) -> Iterator[Connection]:
    """A transaction in which no other process changes tables."""
    try:
        with (
            translate_errors(),
            engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":
                # Rewriting a large table, or waiting for a process that does so, may take longer than our time-outs.
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
            yield connection
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _INSUFFICIENT_PRIVILEGE:
            raise
        raise SchemaMismatch(
            message(
                "This database account may not change the tables of {package}. Run `lienthong migrate` with the "
                "account that owns the tables (LIENTHONG_DATABASE).",
                package=package.title,
            )
        ) from error


def _apply(connection: Connection, package: MigrationPackage) -> None:
    """Apply every missing step of the package, oldest first, through Alembic."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _option(Path(__file__).parent))  # where env.py is, for every package
    config.set_main_option("version_locations", _option(package.folder / "versions"))
    config.set_main_option("path_separator", "newline")  # no path holds one
    config.attributes["connection"] = connection
    config.attributes["version_table"] = package.version_table
    command.upgrade(config, "head")


def _option(path: Path) -> str:
    """A path as Alembic's configuration wants it: a percent sign would begin a reference to another option."""
    return str(path.absolute()).replace("%", "%%")
