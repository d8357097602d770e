"""The one way to write to the database: a transaction that waits for its turn and begins when it is first used."""

import threading
from types import TracebackType

from sqlalchemy import Connection, Engine

from lienthong.adapters.sql.database import POSTGRESQL_WRITERS
from lienthong.adapters.sql.errors import translate_errors


def make_write_slots(engine: Engine) -> threading.Semaphore:
    """How many transactions of one process may write at once. On SQLite they queue here, not at the file lock."""
    return threading.Semaphore(1 if engine.dialect.name == "sqlite" else POSTGRESQL_WRITERS)


class WriteTransaction:
    """A transaction that begins at the first use of `connection`. Transient errors leave it as `Transient`."""

    def __init__(self, engine: Engine, write_slots: threading.Semaphore) -> None:
        self._engine = engine
        self._write_slots = write_slots
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            self._write_slots.acquire()
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
            self._write_slots.release()
