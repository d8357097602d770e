"""How a database is, for the doctor, and what its driver states about an error."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from lienthong.adapters.sql.database import open_database

CHECK_SECONDS = 0.4
"""How long SQLite's examination of its own file may take."""

_STEPS = 10_000  # of SQLite's virtual machine, between two looks at the time


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """What a database answered.

    - `product`: `SQLite` or `PostgreSQL`; `version` is its own.
    - `is_whole`: False for a file that is too large to be examined to its end in `CHECK_SECONDS`.
    - `damage`: SQLite's description of a damaged file, else empty.
    - `clock_difference`: seconds between the server's clock and ours; None for SQLite, which has no clock.
    """

    product: str
    version: str
    damage: str = ""
    is_whole: bool = True
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
    deadline = time.monotonic() + CHECK_SECONDS
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS)
    try:
        found = str(connection.scalar(text("pragma quick_check")))
    except OperationalError:
        if time.monotonic() <= deadline:
            raise
        return DatabaseHealth("SQLite", version, is_whole=False)
    finally:
        driver.set_progress_handler(None, 0)
    if found == "interrupted" or (found != "ok" and time.monotonic() > deadline):
        return DatabaseHealth("SQLite", version, is_whole=False)
    return DatabaseHealth("SQLite", version, damage="" if found == "ok" else found)


def _postgresql(connection: Connection) -> DatabaseHealth:
    version = str(connection.scalar(text("show server_version")))
    now = connection.scalar(text("select clock_timestamp()"))
    difference = abs((datetime.now(UTC) - now).total_seconds()) if isinstance(now, datetime) else None
    return DatabaseHealth("PostgreSQL", version, clock_difference=difference)


def driver_text(error: BaseException) -> str | None:
    """The driver's text of a database error; None for an error of another kind."""
    return str(error.orig) if isinstance(error, DBAPIError) else None
