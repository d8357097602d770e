"""Leases: one process at a time does a thing that has a name. A lease ends with its holder, however that ends.

On PostgreSQL an advisory lock of a connection of its own; on SQLite a lock on a file beside the database, which the
system gives up with the process. Neither needs a heartbeat or a clock.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from lienthong.adapters.sql.errors import translate_errors


def lease(engine: Engine, name: str) -> AbstractContextManager[bool]:
    """True while it is ours, False when another holds it; does not wait. Raises `Transient` if the database is away."""
    return _advisory(engine, name) if engine.dialect.name == "postgresql" else _file(engine, name)


@contextmanager
def _advisory(engine: Engine, name: str) -> Iterator[bool]:
    key = {"key": int.from_bytes(hashlib.sha256(f"lienthong lease {name}".encode()).digest()[:8], signed=True)}
    with translate_errors():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    ours = False
    try:
        with translate_errors():
            ours = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))
        yield ours
    finally:
        try:
            if ours:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
        except DBAPIError:
            connection.invalidate()  # closed for good: what is broken gives up its locks, too
        finally:
            connection.close()


@contextmanager
def _file(engine: Engine, name: str) -> Iterator[bool]:
    folder = Path(f"{engine.url.database}.leases")
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
