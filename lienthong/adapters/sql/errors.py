"""Which errors of a database are transient, so that a retry may help."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from lienthong.errors import DataRefused, Transient
from lienthong.messages import message

_TRANSIENT_CLASSES = ("08", "25", "40", "53", "55", "57", "58")
"""Classes of SQLSTATE: connection, transaction state (a server that became a replica), rollback and deadlock,
resources, locks, shutdown and time-outs, the server's own system."""

_DATA_CLASSES = ("21", "22", "23", "54")
"""Classes of SQLSTATE that are about the data of one statement: cardinality, data, integrity, program limits such as
the size of an index row. The drivers report some of them as operational errors."""

_DATA_ERRORS = ("SQLITE_TOOBIG", "SQLITE_MISMATCH", "SQLITE_CONSTRAINT")

_STATEMENT_ERRORS = ("SQLITE_ERROR", "25P02")
"""The statement cannot work, however often it is tried: a missing table, wrong syntax, a function that cannot take a
value; or one before it failed in this transaction. PostgreSQL's driver tells the first as errors of a program."""

_OF_TRANSACTION = ("savepoint", "transaction is active", "within a transaction")
"""Words of SQLite about a transaction that it rolled back by itself, e.g. because the disk is full."""

_DISK_FULL = ("53100", "SQLITE_FULL")

_UNIQUE_VIOLATION = ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")

_CONTENTION = (*_UNIQUE_VIOLATION, "40", "55P03", "SQLITE_BUSY", "SQLITE_LOCKED")
"""Two transactions wanted the same rows, and one has to try again."""


@contextmanager
def translate_errors(what: str = "") -> Iterator[None]:
    """Raise transient errors of a database as `Transient`, their reason beginning with `what`; others unchanged."""
    try:
        yield
    except (DBAPIError, PoolExhausted) as error:
        why = transient_reason(error)
        if why is None:
            raise
        reason = message("{what}: {why}", what=what, why=why) if what else why
        raise Transient(reason, outage=not _code(error).startswith(_CONTENTION)) from error


@contextmanager
def refused_data() -> Iterator[None]:
    """Raise errors that are about the data of a statement as `DataRefused`; others unchanged."""
    try:
        yield
    except DBAPIError as error:
        code = _code(error)
        is_known = code in _UNIQUE_VIOLATION
        if not is_known and (code.startswith((*_DATA_CLASSES, *_DATA_ERRORS)) or isinstance(error, DataError)):
            raise DataRefused(f"{type(error.orig).__name__} {code}".strip()) from error
        raise
    except (OverflowError, UnicodeEncodeError) as error:  # the drivers', for values that no column can hold
        raise DataRefused(type(error).__name__) from error


def transient_reason(error: DBAPIError | PoolExhausted) -> str | None:
    """A sentence when a retry may help, else None. It never holds a row's values."""
    if isinstance(error, PoolExhausted):
        return message("all connections to the database are in use")
    code = _code(error)
    if code in _DISK_FULL:
        return message("the database's disk is full; make room, and unfinished work goes on by itself")
    if isinstance(error, IntegrityError):
        # Two workers wrote the same rows at the same moment. The retry of the second one finds them written.
        return message("another process has just written the same content") if code in _UNIQUE_VIOLATION else None
    if code.startswith((*_DATA_CLASSES, *_DATA_ERRORS)) or _cannot_work(error, code):
        return None
    if (
        isinstance(error, OperationalError | InterfaceError)
        or error.connection_invalidated
        or code.startswith(_TRANSIENT_CLASSES)
    ):
        return message("the database does not answer: {error}", error=type(error.orig).__name__)
    return None


def _cannot_work(error: DBAPIError, code: str) -> bool:
    return code in _STATEMENT_ERRORS and not any(words in str(error.orig) for words in _OF_TRANSACTION)


def _code(error: DBAPIError | PoolExhausted) -> str:
    """The SQLSTATE, or SQLite's name of the error; "" for an error without either."""
    cause = getattr(error, "orig", None)
    return str(getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or "")
