"""Running a bus: a thread for every worker and every source, one word to stop them all."""

import gc
import threading
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType

import structlog

from lienthong.errors import Transient
from lienthong.wiring import Bus
from lienthong.worker import PATIENCE

LOOK = timedelta(seconds=0.5)

log = structlog.get_logger(__name__)


class Crew:
    """The threads that serve a bus. As a context manager it starts the workers, and stops everything at the end."""

    def __init__(self, bus: Bus, stop: threading.Event | None = None) -> None:
        self.stop = stop or threading.Event()
        self._bus = bus
        self._threads: list[threading.Thread] = []
        self._failure: BaseException | None = None

    def __enter__(self) -> "Crew":
        _calm_collector()
        for worker in self._bus.workers:
            self._start(worker.run, self.stop)
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join()
        self._bus.close()

    def recover(self) -> int:
        """Hand over again what an earlier process left open. Waits while a lookup cannot answer."""
        while True:
            try:
                return self._bus.recovery.run(self.stop)
            except Transient as down:
                log.error("cannot recover yet", why=down.why)
                if self.stop.wait(PATIENCE.total_seconds()):
                    return 0

    def poll_for_ever(self) -> None:
        """Poll every source in a thread of its own, each at its own pace."""
        for intake in self._bus.intakes:
            self._start(intake.run, self._bus.books.settings.sources[intake.name].every, self.stop)

    def wait_until_stopped(self) -> None:
        """Return when somebody set `stop`. Raises what a thread died of."""
        while not self.stop.wait(LOOK.total_seconds()):
            self.check()

    def drain(self, next_due: Callable[[], bool]) -> None:
        """Return when nothing is in flight any more. `next_due` moves a clock to the next held-back bundle, if any."""
        ledger, broker = self._bus.books.ledger, self._bus.broker
        while not self.stop.is_set():
            self.check()
            if broker.busy():
                broker.wait_for_change(LOOK)
            elif not next_due() and ledger.in_flight() == 0:
                return
            else:
                broker.wait_for_change(timedelta(milliseconds=5))

    def rest(self) -> None:
        """Return when nothing is ready or in hand; what is held back for a later try is left to a later run."""
        while self._bus.broker.busy() and not self.stop.is_set():
            self.check()
            self._bus.broker.wait_for_change(LOOK)

    def check(self) -> None:
        """Raise what a thread died of, if one did."""
        if self._failure is not None:
            raise self._failure

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=self._watched, args=(work, *arguments), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _watched(self, work: Callable[..., None], *arguments: object) -> None:
        try:
            work(*arguments)
        except BaseException as error:
            log.exception("a thread died")
            self._failure = self._failure or error


def _calm_collector() -> None:
    """Bundles are many small containers that live briefly and hold no cycles; looking for cycles costs a seventh."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
