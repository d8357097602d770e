"""Stages that a process has been handling one delivery of for long: no other process takes its events for lost."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack

from lienthong.ports import Ledger
from lienthong.processing.worker import Worker

BUSY_AFTER_SECONDS = 30.0
"""From when on a delivery is handled for long. A lease costs a connection, so short ones have none."""


def busy_lease(ledger: Ledger, stage: str) -> AbstractContextManager[bool]:
    """True when no process handles a delivery of the stage for long; nor will one begin to hold it in this block."""
    return ledger.lease(f"busy.{stage}")


class BusyStages:
    """Holds those leases for the workers of this process. Used by one thread."""

    def __init__(self, ledger: Ledger, workers: Sequence[Worker]) -> None:
        self._ledger = ledger
        self._workers = workers
        self._held: dict[str, ExitStack] = {}

    def hold(self) -> None:
        """Take and release leases, as it is now. Call it often. Raises `Transient`."""
        busy = {worker.name for worker in self._workers if worker.handling.seconds() > BUSY_AFTER_SECONDS}
        for stage in self._held.keys() - busy:
            self._held.pop(stage).close()
        for stage in busy - self._held.keys():
            stack = ExitStack()
            if stack.enter_context(busy_lease(self._ledger, stage)):
                self._held[stage] = stack
            else:
                stack.close()  # another process holds it; it is tried again

    def release(self) -> None:
        """Release all of them."""
        while self._held:
            self._held.popitem()[1].close()
