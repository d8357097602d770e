"""Opening the database, and the one way to write to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from lienthong.errors import Transient

BUSY = 30.0
"""Seconds a writer of another process is waited for on SQLite."""


def open_database(url: str) -> Engine:
    """An engine for `url`. SQLite is set to WAL: readers never wait, and a killed process loses nothing committed."""
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url, pool_size=20, connect_args={"timeout": BUSY, "check_same_thread": False})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy, not the driver, says BEGIN
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-32000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns into a writer late fails at once instead of waiting its turn.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


class WriteTransaction:
    """A transaction that begins when `connection` is first asked for.

    On SQLite writers of one process queue at `turnstile` instead of polling the file lock.
    """

    def __init__(self, engine: Engine, turnstile: threading.Lock) -> None:
        self._engine = engine
        self._turnstile = turnstile
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            self._turnstile.acquire()
            try:
                self._connection = self._engine.connect().execution_options(writing=True)
                self._connection.begin()
            except BaseException as error:
                self._turnstile.release()
                if isinstance(error, OperationalError):
                    raise _down(error) from error
                raise
        return self._connection

    def __enter__(self) -> "WriteTransaction":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._connection is None:
            return
        try:
            if kind is None:
                self._connection.commit()
            else:
                self._connection.rollback()
        except OperationalError as lost:
            raise _down(lost) from lost
        finally:
            self._connection.close()
            self._connection = None
            self._turnstile.release()
        if isinstance(error, OperationalError):
            raise _down(error) from error


def _down(error: OperationalError) -> Transient:
    return Transient(f"cơ sở dữ liệu không trả lời: {type(error.orig).__name__}")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for looking, never for changing; results may be streamed."""
    with engine.connect() as connection:
        yield connection.execution_options(yield_per=2000)
