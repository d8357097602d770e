"""Processes that end at a chance moment, in tests: nothing works after it, and what was not committed is gone."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope


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


class Queues(Protocol):
    """Durable queues that all processes share."""

    def publish(self, bundles: Sequence[Bundle]) -> None: ...


class MortalBroker:
    """What a process that may end before and after each publish sees of the queues."""

    durable = True

    def __init__(self, queues: Queues, life: Life) -> None:
        self._queues = queues
        self._life = life

    def has_room(self) -> bool:
        return True

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        self._life.tick()
        self._queues.publish(bundles)
        self._life.tick()
