"""Transactions that survive a loss of power: for what must be known before another system is called."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from lienthong.adapters.sql import translate_errors


@contextmanager
def durable_transaction(database: Engine, away: str) -> Iterator[Connection]:
    """A transaction of its own, on disk when the block ends. Raises `Transient`, beginning with `away`."""
    with translate_errors(away), database.connect().execution_options(writing=True) as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        _set_synchronous(connection, "FULL")  # what is committed survives a loss of power, not the process alone
        try:
            with connection.begin():
                yield connection
        except BaseException:
            connection.invalidate()  # whatever state it is in, its setting goes with it
            raise
        _set_synchronous(connection, "NORMAL")


def _set_synchronous(connection: Connection, level: str) -> None:
    """Between transactions: SQLite does not change it within one, and SQLAlchemy would begin one for a statement."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA synchronous={level}")
