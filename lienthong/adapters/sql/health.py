"""How a database is, for the doctor, and what its driver states about an error."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

WHOLE_BYTES = 64_000_000
"""SQLite examines a file of this size in a tenth of a second. It cannot be interrupted, and a file of years may take
minutes.
"""

SMALL_ROWS = 50_000
"""Rows of the tables that are examined in a larger file."""

_TABLES_WITH_ROW_NUMBERS = """
select name from sqlite_master
where type = 'table' and name not like 'sqlite_%' and sql not like '%without rowid%' and sql not like 'create virtual%'
"""


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """What a database answered.

    - `product`: `SQLite` or `PostgreSQL`; `version` is its own.
    - `is_whole`: False for a file of more than `WHOLE_BYTES`, of which only the small tables were examined.
    - `damage`: SQLite's description of a damaged file, else empty.
    - `clock_difference`: seconds between the server's clock and ours; None for SQLite, which has no clock.
    """

    product: str
    version: str
    damage: str = ""
    is_whole: bool = True
    clock_difference: float | None = None


def examine_database(engine: Engine) -> DatabaseHealth:
    """Ask a database for its version, and SQLite whether its file is sound. Changes nothing."""
    with engine.connect() as connection:
        return _sqlite(connection) if engine.dialect.name == "sqlite" else _postgresql(connection)


def _sqlite(connection: Connection) -> DatabaseHealth:
    version = str(connection.scalar(text("select sqlite_version()")))
    size = connection.scalar(text("select page_count * page_size from pragma_page_count, pragma_page_size"))
    is_whole = int(size or 0) <= WHOLE_BYTES
    checks = ["pragma quick_check"] if is_whole else [f'pragma quick_check("{name}")' for name in _small(connection)]
    found = (str(connection.scalar(text(check))) for check in checks)
    damage = next((sentence for sentence in found if sentence != "ok"), "")
    return DatabaseHealth("SQLite", version, damage=damage, is_whole=is_whole)


def _small(connection: Connection) -> Iterator[str]:
    """The names of small tables, by their largest row numbers, which cost nothing to find."""
    for name in connection.scalars(text(_TABLES_WITH_ROW_NUMBERS)).all():
        largest = connection.scalar(text(f'select max(rowid) from "{name}"'))  # noqa: S608 - the database's own name
        if int(largest or 0) < SMALL_ROWS:
            yield name


def _postgresql(connection: Connection) -> DatabaseHealth:
    version = str(connection.scalar(text("show server_version")))
    now = connection.scalar(text("select clock_timestamp()"))
    difference = abs((datetime.now(UTC) - now).total_seconds()) if isinstance(now, datetime) else None
    return DatabaseHealth("PostgreSQL", version, clock_difference=difference)


def driver_text(error: BaseException) -> str | None:
    """The driver's text of a database error; None for an error of another kind."""
    return str(error.orig) if isinstance(error, DBAPIError) else None
