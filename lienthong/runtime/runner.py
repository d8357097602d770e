"""Running a bus: a thread for every worker and every source, one word to stop them all."""

import queue
import threading
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType

import structlog

from lienthong.errors import Transient
from lienthong.maintenance.interrupted_replays import mark_recovered, publish_interrupted
from lienthong.processing.circuit_breaker import Halted
from lienthong.processing.worker import RETRY_DELAY
from lienthong.runtime import allocator
from lienthong.runtime.composition import Bus

LOOK = timedelta(seconds=0.5)

log = structlog.get_logger(__name__)


class Runner:
    """The threads that serve a bus. As a context manager it starts the workers, and stops everything at the end."""

    def __init__(self, bus: Bus, stop: threading.Event | None = None) -> None:
        self.stop = stop or threading.Event()
        self._bus = bus
        self._threads: list[threading.Thread] = []
        self._failure: BaseException | None = None
        self._halts: queue.SimpleQueue[Halted] = queue.SimpleQueue()

    def __enter__(self) -> "Runner":
        allocator.tune_allocator()
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
                return self._bus.recovery.run(self.stop) + self._mend_replays()
            except Transient as down:
                log.error("cannot recover yet", why=down.why)
                if self.stop.wait(RETRY_DELAY.total_seconds()):
                    return 0

    def _mend_replays(self) -> int:
        """What an operator's replay recorded and did not live to publish; queues that forget got it by recovery."""
        letter_store, broker, now = self._bus.storage.letter_store, self._bus.broker, self._bus.storage.clock.now()
        if broker.durable:
            return publish_interrupted(letter_store, broker, now)
        mark_recovered(letter_store, now)
        return 0

    def start_polling(self) -> None:
        """Poll every source in a thread of its own, each at its own pace."""
        for intake in self._bus.pollers:
            self._start(intake.run, self._bus.storage.settings.sources[intake.name].every, self.stop)

    def wait_until_stopped(self, tell: Callable[[str], None]) -> None:
        """Return when somebody set `stop`. A halted stage is told, the others go on; raises what a thread died of."""
        while not self.stop.wait(LOOK.total_seconds()):
            self.check()
            while not self._halts.empty():
                tell(str(self._halts.get()))

    def drain(self, next_due: Callable[[], bool]) -> None:
        """Return when nothing is in flight any more. `next_due` moves a clock to the next held-back bundle, if any.

        Raises `Halted` when a stage halted: what waits for it would never come to rest.
        """
        ledger, broker = self._bus.storage.ledger, self._bus.broker
        while not self.stop.is_set():
            self.check()
            if not self._halts.empty():
                raise self._halts.get()
            if broker.depth():
                broker.wait_for_change(LOOK)
            elif not next_due() and ledger.in_flight() == 0:
                return
            else:
                broker.wait_for_change(timedelta(milliseconds=20))

    def wait_until_idle(self) -> None:
        """Return when nothing is ready or in hand; what is held back for a later try is left to a later run."""
        while self._bus.broker.depth() and not self.stop.is_set():
            self.check()
            if not self._halts.empty():
                raise self._halts.get()
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
        except Halted as halt:
            log.error("a stage halted", why=str(halt))
            self._halts.put(halt)
        except BaseException as error:
            log.exception("a thread died")
            self._failure = self._failure or error
