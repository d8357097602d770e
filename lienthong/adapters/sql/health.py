"""How a database is, for the doctor, and what its driver states about an error."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from lienthong.adapters.sql.database import open_database


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """What a database answered.

    - `product`: `SQLite` or `PostgreSQL`; `version` is its own.
    - `damage`: SQLite's description of a damaged file, else empty.
    - `clock_difference`: seconds between the server's clock and ours; None for SQLite, which has no clock.
    """

    product: str
    version: str
    damage: str = ""
    clock_difference: float | None = None


def examine_database(url: str) -> DatabaseHealth:
    """Ask a database for its version, and SQLite whether its file is sound. Changes nothing."""
    engine = open_database(url)
    try:
        with engine.connect() as connection:
            return _sqlite(connection) if engine.dialect.name == "sqlite" else _postgresql(connection)
    finally:
        engine.dispose()


def _sqlite(connection: Connection) -> DatabaseHealth:
    version = str(connection.scalar(text("select sqlite_version()")))
    found = str(connection.scalar(text("pragma quick_check")))
    return DatabaseHealth("SQLite", version, damage="" if found == "ok" else found)


def _postgresql(connection: Connection) -> DatabaseHealth:
    version = str(connection.scalar(text("show server_version")))
    now = connection.scalar(text("select clock_timestamp()"))
    difference = abs((datetime.now(UTC) - now).total_seconds()) if isinstance(now, datetime) else None
    return DatabaseHealth("PostgreSQL", version, clock_difference=difference)


def driver_text(error: BaseException) -> str | None:
    """The driver's text of a database error; None for an error of another kind."""
    return str(error.orig) if isinstance(error, DBAPIError) else None
