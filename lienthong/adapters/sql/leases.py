"""Leases: a named task is done by one process at a time. A lease ends when its process ends, however that happens.

On PostgreSQL a lease is an advisory lock of a connection of its own. On SQLite it is a lock on a file beside the
database, which the operating system releases with the process. Neither needs a heartbeat or a clock.
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
    """True for the holder of the lease, False while another process holds it. Does not wait.

    Raises `Transient` if the database does not answer.
    """
    return _lock_advisory(engine, name) if engine.dialect.name == "postgresql" else _lock_file(engine, name)


@contextmanager
def _lock_advisory(engine: Engine, name: str) -> Iterator[bool]:
    key = {"key": int.from_bytes(hashlib.sha256(f"lienthong lease {name}".encode()).digest()[:8], signed=True)}
    with translate_errors():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    acquired = False
    try:
        with translate_errors():
            acquired = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))
        yield acquired
    finally:
        try:
            if acquired:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
        except DBAPIError:
            connection.invalidate()  # the broken connection is closed, and the server releases its locks
        finally:
            connection.close()


@contextmanager
def _lock_file(engine: Engine, name: str) -> Iterator[bool]:
    folder = Path(f"{engine.url.database}.leases")
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
