"""Opening the database, reading it, and the one way to write to it."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError

from lienthong.adapters.sql.errors import translate_errors

Database = Engine
"""The type of an open database, for code that only passes it on."""

BUSY = 30.0
"""Seconds a writer of another process is waited for on SQLite."""

WRITERS = 8
"""Transactions that one process writes at the same time on PostgreSQL. SQLite has one writer, always."""

IDLE = 1.0
"""Seconds after which a connection of PostgreSQL is asked whether it lives before it is used."""

_SESSION = {
    "lock_timeout": "30s",  # two workers that want the same rows: one is told to try again
    "statement_timeout": "15min",  # above the longest honest statement, a balance over years
    "idle_in_transaction_session_timeout": "10min",  # a process that hangs must not hold its locks for ever
    "jit": "off",  # our statements are short, compiling them is not
}
_NETWORK = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",  # milliseconds until a server that vanished is given up
    "application_name": "lienthong",
}


def open_database(url: str) -> Engine:
    """An engine for `postgresql://…` or `sqlite:///…`; what the URL itself sets wins over our settings.

    SQLite is set to WAL: readers never wait, and a killed process loses nothing committed.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return _open_postgresql(parsed)
    if parsed.database and parsed.database != ":memory:":
        # Beside the data, where there is room and nobody else looks. SQLite asks the environment once, when its driver
        # is imported, and that is with the engine.
        os.environ.setdefault("SQLITE_TMPDIR", str(Path(parsed.database).absolute().parent))
    engine = create_engine(
        url,
        pool_size=20,
        pool_use_lifo=True,  # the connection used last has its pages and statements at hand
        hide_parameters=True,
        connect_args={"timeout": BUSY, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(url: URL) -> Engine:
    ours = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    theirs = url.query.get("options", "")
    arguments = {name: value for name, value in _NETWORK.items() if name not in url.query}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
        pool_size=WRITERS + 2,
        max_overflow=30,  # leases and readers come on top
        pool_use_lifo=True,
        hide_parameters=True,  # values of rows never stand in an error's text
        connect_args=arguments | {"options": f"{ours} {theirs}"},
    )
    event.listen(engine, "checkin", _left)
    event.listen(engine, "checkout", partial(_ask_if_idle, engine))
    return engine


def _left(_connection: Any, record: Any) -> None:
    record.info["left"] = time.monotonic()


def _ask_if_idle(engine: Engine, connection: Any, record: Any, _proxy: object) -> None:
    """After a restart of the server the first statement already works, and a busy connection is not asked each time.

    SQLAlchemy throws a connection away that does not answer, and gives another.
    """
    if time.monotonic() - record.info.get("left", time.monotonic()) > IDLE:
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy, not the driver, says BEGIN
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "cache_size=-4000",
        "wal_autocheckpoint=32000",
        "temp_store=MEMORY",  # a temporary file elsewhere might hold persons' data
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns into a writer late fails at once instead of waiting its turn.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def turnstile(engine: Engine) -> threading.Semaphore:
    """How many transactions of one process may write at once: on SQLite they queue here, not at the file lock."""
    return threading.Semaphore(1 if engine.dialect.name == "sqlite" else WRITERS)


class WriteTransaction:
    """A transaction that begins when `connection` is first asked for. What is the world's fault ends as `Transient`."""

    def __init__(self, engine: Engine, turnstile: threading.Semaphore) -> None:
        self._engine = engine
        self._turnstile = turnstile
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            self._turnstile.acquire()
            try:
                with translate_errors():
                    self._connection = self._engine.connect().execution_options(writing=True)
                    self._connection.begin()
            except BaseException:
                self._close()
                raise
        return self._connection

    def __enter__(self) -> "WriteTransaction":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._connection is None:
            return
        try:
            with translate_errors():
                if error is None:
                    self._connection.commit()
                else:
                    self._connection.rollback()
        finally:
            self._close()
        with translate_errors():
            if error is not None:
                raise error

    def _close(self) -> None:
        try:
            if self._connection is not None:
                self._connection.close()
        finally:
            self._connection = None
            self._turnstile.release()


@contextmanager
def reading(engine: Engine, what: str = "") -> Iterator[Connection]:
    """A connection for looking, never for changing. Raises `Transient` if the database is away, saying `what`."""
    # On PostgreSQL no transaction, so no BEGIN and ROLLBACK around the question.
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"} if engine.dialect.name == "postgresql" else {}
    with translate_errors(what), engine.connect() as connection:
        yield connection.execution_options(**options)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection on which every query sees the same moment; results are streamed, so memory stays flat.

    What SQLite sorts for it, entries too, may spill into temporary files beside the database, which the connection
    takes with it.
    """
    options: dict[str, Any] = {"yield_per": 2000}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with translate_errors(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA temp_store=FILE")
            connection.detach()
        yield connection.execution_options(**options)
