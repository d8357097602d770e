"""Processes that end at a chance moment, in tests: nothing works after it, and what was not committed is gone."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from lienthong.adapters.sql.ledger import SqlLedger


class KilledError(BaseException):
    """The process is gone."""


def is_killed(error: BaseException) -> bool:
    """Whether a process ended by this: a poll shows whatever is raised within it as a failure of its own."""
    return isinstance(error, KilledError) or isinstance(error.__cause__, KilledError)


class Life:
    """The life of one process: it ends at the call with the number `last`, and nothing works afterwards."""

    def __init__(self, last: int | None = None) -> None:
        self._left = last

    def tick(self) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left <= 0:
            raise KilledError


class MortalLedger:
    """The ledger of a process that may end before and after each transaction, and before its commit."""

    def __init__(self, ledger: SqlLedger, life: Life) -> None:
        self._ledger = ledger
        self._life = life

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        self._life.tick()
        with self._ledger.transaction() as transaction:
            yield transaction
            self._life.tick()
        self._life.tick()

    def lease(self, name: str) -> AbstractContextManager[bool]:
        self._life.tick()
        return self._ledger.lease(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)
