"""Opening the database, and reading from it. Writing is in `write_transaction`."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError

from lienthong.adapters.sql.errors import translate_errors

Database = Engine
"""The type of an open database, for code that only passes it on."""

_WAL_RETRY_SECONDS = 0.05  # between attempts to set the journal of a file that another process sets just now

SQLITE_BUSY_SECONDS = 30.0
"""How long a write on SQLite waits for a writer of another process."""

POSTGRESQL_WRITERS = 8
"""Transactions that one process writes at the same time on PostgreSQL. SQLite never has more than one writer."""

PING_AFTER_SECONDS = 1.0
"""A connection to PostgreSQL that was idle for longer is tested before it is used."""

_SESSION = {
    "lock_timeout": "30s",  # of two workers that wait for each other's rows, one fails and tries again
    "statement_timeout": "15min",  # more than the longest statement needs, a balance over years
    "idle_in_transaction_session_timeout": "10min",  # a process that hangs must not keep its locks
    "jit": "off",  # our statements are short, and to compile them takes longer than to run them
}
_ALONE = {"alone": True}
"""Each statement on SQLite is a transaction of its own."""

_NETWORK = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",  # milliseconds until a server that vanished is given up
    "application_name": "lienthong",
}


def open_database(url: str) -> Engine:
    """An engine for `postgresql://…` or `sqlite:///…`. Settings in the URL take precedence over ours.

    SQLite is set to WAL: readers never wait, and a killed process loses nothing that was committed.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return _open_postgresql(parsed)
    if parsed.database and parsed.database != ":memory:":
        # Temporary files lie beside the database, where there is space and other users cannot read. SQLite reads the
        # environment once per process, when its driver is imported: the first database that is opened decides.
        os.environ.setdefault("SQLITE_TMPDIR", str(Path(parsed.database).absolute().parent))
    engine = create_engine(
        url,
        pool_size=20,
        pool_use_lifo=True,  # the connection used last has its pages and statements cached
        hide_parameters=True,
        connect_args={"timeout": SQLITE_BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(url: URL) -> Engine:
    default_options = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    url_options = url.query.get("options", "")
    arguments = {name: value for name, value in _NETWORK.items() if name not in url.query}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
        pool_size=POSTGRESQL_WRITERS + 2,
        max_overflow=30,  # leases and readers need connections too
        pool_use_lifo=True,
        hide_parameters=True,  # the text of an error never contains values of rows
        connect_args=arguments | {"options": f"{default_options} {url_options}"},
    )
    event.listen(engine, "checkin", _note_checkin)
    event.listen(engine, "checkout", partial(_ping_if_idle, engine))
    return engine


def _note_checkin(_connection: Any, record: Any) -> None:
    record.info["checked_in"] = time.monotonic()


def _ping_if_idle(engine: Engine, connection: Any, record: Any, _proxy: object) -> None:
    """Test an idle connection, so that the first statement after a restart of the server works. Busy connections are
    not tested each time.

    SQLAlchemy discards a connection for which this raises `DisconnectionError`, and opens another.
    """
    if time.monotonic() - record.info.get("checked_in", time.monotonic()) > PING_AFTER_SECONDS:
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy, not the driver, sends BEGIN
    _set_wal(connection)
    for pragma in (
        "synchronous=NORMAL",
        "cache_size=-4000",
        "wal_autocheckpoint=32000",
        "temp_store=MEMORY",  # a temporary file elsewhere might hold personal data
    ):
        connection.execute(f"PRAGMA {pragma}")


def _set_wal(connection: Any) -> None:
    """Set the journal to WAL. Of two processes that open a new file at once, one is refused without waiting, in spite
    of the driver's time-out, so it is tried again here.
    """
    import sqlite3  # not earlier: it reads SQLITE_TMPDIR when it is imported

    deadline = time.monotonic() + SQLITE_BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_WAL_RETRY_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("alone", False):
        return
    # A deferred transaction that becomes a writer later fails at once instead of waiting for the other writer.
    statement = "BEGIN IMMEDIATE" if options.get("writing", False) else "BEGIN"
    driver: Any = connection.connection.dbapi_connection  # SQLAlchemy's way takes longer than SQLite's work
    database: Any = connection.dialect.loaded_dbapi
    try:
        driver.execute(statement)
    except database.Error as error:
        raise DBAPIError.instance(statement, None, error, database.Error, dialect=connection.dialect) from error


@contextmanager
def open_reader(engine: Engine, what: str = "") -> Iterator[Connection]:
    """A connection for queries, never for changes.

    Raises `Transient`, its reason beginning with `what`, if the database does not answer.
    """
    # Without a transaction, which saves a BEGIN and a ROLLBACK for each query.
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"} if engine.dialect.name == "postgresql" else _ALONE
    with translate_errors(what), engine.connect() as connection:
        yield connection.execution_options(**options)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection on which every query sees the same moment. Results are streamed, so memory use does not grow.

    What SQLite sorts for it, entries too, may spill into temporary files beside the database. SQLite deletes them with
    the connection.
    """
    options: dict[str, Any] = {"yield_per": 2000}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with translate_errors(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA temp_store=FILE")
            connection.detach()  # the pool must not reuse a connection with this setting
        yield connection.execution_options(**options)
