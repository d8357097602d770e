"""Opening a database that is not ours: a source reads it, a sink writes into it. Nothing in it is ever set up."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from lienthong.adapters.sql.errors import transient_reason
from lienthong.messages import Message, message

_POSTGRESQL = ("postgresql", "postgres")
_CONNECT_SECONDS = 10
_STATEMENT_FAULTS = ("42", "3F")
"""Classes of SQLSTATE: syntax, a name that does not exist, a missing right; a schema that does not exist."""


def url_fault(text: str) -> Message | None:
    """Why a database cannot be opened by this URL, or None. It never contains a part of the URL, which has a password.

    A file of SQLite and a server need not be there yet.
    """
    try:
        url = _with_our_driver(make_url(text))
        url.get_dialect().import_dbapi()
    except (ArgumentError, NoSuchModuleError):
        return message("write a database URL such as postgresql://user:password@host/database")
    except ImportError as error:
        return message("the driver for this database is not installed: {module}", module=error.name or "?")
    return None


def open_external(text: str, *, timeout: timedelta, read_only: bool) -> Engine:
    """An engine for any database that SQLAlchemy has a driver for. It connects when it is first used.

    `timeout` bounds a statement on PostgreSQL and the wait for another writer on SQLite. `read_only` transactions are
    refused every change by PostgreSQL and SQLite; for other databases, use an account without the right to write.
    """
    url = _with_our_driver(make_url(text))
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, timeout, read_only=read_only)
    arguments: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        options = f"-c statement_timeout={round(timeout.total_seconds() * 1000)} {url.query.get('options', '')}"
        url = url.difference_update_query(["options"])
        arguments = {"options": options, "connect_timeout": _CONNECT_SECONDS, "application_name": "lienthong"}
        if read_only:
            arguments["options"] += " -c default_transaction_read_only=on"
    return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=arguments)


def failure_reason(error: DBAPIError | PoolExhausted) -> str:
    """A sentence about a failed statement, without values of rows. A fault of the statement itself is quoted."""
    fault = statement_fault(error)
    if fault is not None:
        return message("the database refuses the statement: {fault}", fault=fault)
    return transient_reason(error) or message("the database fails: {error}", error=_driver_error(error))


def statement_fault(error: DBAPIError | PoolExhausted) -> str | None:
    """The database's own words when the statement cannot work: wrong syntax, a missing table, column or right."""
    original = getattr(error, "orig", None)
    state = str(getattr(original, "sqlstate", None) or "")
    is_sqlite_fault = getattr(original, "sqlite_errorname", None) == "SQLITE_ERROR"
    is_other_fault = isinstance(error, ProgrammingError) and not state
    if not (state.startswith(_STATEMENT_FAULTS) or is_sqlite_fault or is_other_fault):
        return None
    return str(original).partition("\n")[0][:200]


def _driver_error(error: DBAPIError | PoolExhausted) -> str:
    return type(getattr(error, "orig", None) or error).__name__


def _with_our_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.get_backend_name() in _POSTGRESQL else url


def _open_sqlite(url: URL, timeout: timedelta, *, read_only: bool) -> Engine:
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        # Mode `rw`: a file that is not there is an error, and is not made.
        path = Path(url.database).absolute()
        url = url.set(database=f"file:{path}").update_query_dict({"mode": "rw", "uri": "true"})
    arguments = {"timeout": timeout.total_seconds(), "check_same_thread": False}
    engine = create_engine(url, hide_parameters=True, connect_args=arguments)

    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy, not the driver, sends BEGIN
        # SQLite keeps any bytes as text. One that is no UTF-8 must not hide the rows beside it: its row dies alone.
        connection.text_factory = _text
        connection.execute(f"PRAGMA query_only={int(read_only)}")

    def begin(connection: Connection) -> None:
        # A deferred transaction that becomes a writer later fails at once instead of waiting for the other writer.
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
    return engine


def _text(stored: bytes) -> str:
    return stored.decode(errors="surrogateescape")
