"""Stages of which a process keeps deliveries for long, so that no other process takes their events for lost.

It handles one of them for long, or it waits with all that the broker has given it because the target is down.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack

from lienthong.ports import Ledger
from lienthong.processing.worker import Worker

BUSY_AFTER_SECONDS = 30.0
"""From when on a delivery is handled for long. A lease costs a connection, so short ones have none."""


def busy_lease(ledger: Ledger, stage: str) -> AbstractContextManager[bool]:
    """True when no process keeps deliveries of the stage for long; nor will one begin to hold it in this block."""
    return ledger.lease(f"busy.{stage}")


class BusyStages:
    """Holds those leases for the workers of this process. Used by one thread."""

    def __init__(self, ledger: Ledger, workers: Sequence[Worker]) -> None:
        self._ledger = ledger
        self._workers = workers
        self._held: dict[str, ExitStack] = {}

    def hold(self) -> None:
        """Take and release leases, as it is now. Call it often. Raises `Transient`."""
        busy = {worker.name for worker in self._workers if _keeps(worker)}
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


def _keeps(worker: Worker) -> bool:
    return worker.watch.is_down or worker.handling.seconds() > BUSY_AFTER_SECONDS
