"""Databases with the tables of the ledger and of the data store, for tests."""

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

import store.migrations
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.migrations.package import LEDGER, project_package
from lienthong.adapters.sql.migrations.runner import upgrade
from store import tables

STORE = project_package("store", Path(store.migrations.__file__).parent)
PACKAGES = (LEDGER, STORE)
"""All migrations of this project."""


def make_tables(engine: Engine) -> Engine:
    """The same database, with all tables: what `lienthong migrate` does."""
    upgrade(engine, PACKAGES)
    return engine


def open_embedded(folder: Path) -> Engine:
    """The embedded database of a data directory, with all tables; made if it is not there."""
    path = folder / "lienthong.db"
    if not path.exists():
        path.write_bytes(_template())
    return open_database(f"sqlite:///{path}")


def open_in_memory() -> Engine:
    """A database in memory with the tables of the data store alone, for one thread."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    tables.metadata.create_all(engine)
    return engine


@cache
def _template() -> bytes:
    """The file of an embedded database without rows. Copying it is faster than making its tables each time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        make_tables(open_database(f"sqlite:///{path}")).dispose()
        return path.read_bytes()
