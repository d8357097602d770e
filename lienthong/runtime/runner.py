"""Runs a bus: a thread for each worker and each source, and one event that stops all of them."""

import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from types import TracebackType

import structlog

from lienthong.errors import Transient
from lienthong.intake.inbox_poller import InboxPoller
from lienthong.intake.poller import Poll, Poller
from lienthong.maintenance.interrupted_replays import mark_recovered, publish_interrupted
from lienthong.maintenance.kept_sums import keep_sums
from lienthong.maintenance.upkeep import Upkeep
from lienthong.messages import message
from lienthong.processing.circuit_breaker import Halted
from lienthong.processing.outage_log import OutageLog
from lienthong.processing.worker import RETRY_DELAY
from lienthong.runtime import allocator
from lienthong.runtime.composition import Bus
from lienthong.runtime.status_reporter import StatusReporter
from lienthong.runtime.threads import Call, LeftBehind, StopClock, join_all
from lienthong.settings import SCHEDULE_LOOK

CHECK_INTERVAL = timedelta(seconds=0.5)
"""How often a waiting main thread looks whether a thread has failed."""

SETTLE_INTERVAL = timedelta(milliseconds=20)
"""How long an empty broker may still receive work from a thread that has not published yet."""

MAX_RESTARTS = 5
"""How often a failing thread starts anew before a run that waits for its work gives up. A bus that serves goes on."""

CLOSE_SECONDS = 1.0
"""How long connections may take to close at the end."""

FIRST_RESTART_DELAY_SECONDS = 0.4
LONGEST_RESTART_DELAY_SECONDS = 60.0
RESTARTS_FORGOTTEN_AFTER_SECONDS = 60.0
"""A thread that worked this long before it failed counts as sound until then."""

log = structlog.get_logger(__name__)


class Runner:
    """The threads that serve a bus. As a context manager it starts the workers, and stops every thread at the end.

    `role`: what the process is called where operators look; None for one that they do not see.
    """

    def __init__(self, bus: Bus, stop: threading.Event | None = None, *, role: str | None = None) -> None:
        self.stop = stop or threading.Event()
        self._bus = bus
        self._clock = StopClock(self.stop)
        self._threads: list[threading.Thread] = []
        self._failure: BaseException | None = None
        self._fatal: BaseException | None = None
        self._halts: queue.SimpleQueue[Halted] = queue.SimpleQueue()
        self._halted: dict[str, list[Callable[..., None]]] = defaultdict(list)
        self._reporter: StatusReporter | None = None
        self._upkeep: Upkeep | None = None
        if role is not None:
            board = bus.storage.status_board
            self._reporter = StatusReporter(board, bus.pollers, bus.workers, role=role, resume=self.resume)

    def __enter__(self) -> "Runner":
        allocator.tune_allocator()
        for worker in self._bus.workers:
            self._start(worker.name, worker.run, self.stop)
        for publisher in self._bus.publishers:
            self._start(f"publisher.{publisher.name}", publisher.serve, self.stop)
        if self._reporter is not None:
            self._start("status", self._reporter.run, self.stop)
        for side in (self._bus.collection, self._bus.deliveries, self._bus.outages):
            if side is not None:
                self._start(side.name, side.serve, self.stop)
        self._start("sums", keep_sums, self._bus.storage.ledger, self._bus.corrections, self.stop)
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.stop.set()
        join_all(self._threads, self._clock)
        with suppress(LeftBehind):
            Call(self._close, name="close").wait(StopClock(self.stop, seconds=CLOSE_SECONDS))

    def _close(self) -> None:
        if self._reporter is not None:
            self._reporter.report(ended=True)
        if self._upkeep is not None:
            self._upkeep.finish()
        self._bus.close()

    def poll(self, poller: Poller) -> Poll:
        """Poll a source once. Raises `Transient` as the poller does, and when it has to be left behind at a stop."""
        return self.end_poll(self.begin_poll(poller))

    def begin_poll(self, poller: Poller) -> Call[Poll]:
        """Begin to poll a source once, in a thread of its own."""
        return Call(lambda: poller.poll(self.stop), name=f"source.{poller.name}").start()

    def end_poll(self, call: Call[Poll]) -> Poll:
        """Wait for the end of a poll. See `poll`."""
        try:
            return call.wait(self._clock)
        except LeftBehind:
            raise Transient(message("it was still being read when the process had to end")) from None

    def resume(self, stage: str) -> None:
        """Start the workers of a stage that halted."""
        for work in self._halted.pop(stage, ()):
            log.warning("a halted stage is resumed", stage=stage)
            self._start(stage, work, self.stop)

    def recover(self) -> int:
        """Publish again what an earlier process left open; returns how many. Waits while a lookup cannot answer.

        On durable queues the upkeep begins with it.
        """
        if self._bus.broker.durable and self._upkeep is None:
            self._upkeep = self._bus.upkeep
            self._start("upkeep", self._upkeep.run, self.stop)
        try:
            return Call(self._recover, name="recovery").wait(self._clock)
        except LeftBehind:
            return 0

    def _recover(self) -> int:
        outage = OutageLog("ledger, broker or lookup", task="recovery")
        while True:
            try:
                recovered = self._bus.recovery.run(self.stop) + self._complete_replays()
                outage.note_success()
                return recovered
            except Transient as down:
                outage.note_failure(down.why)
                if self.stop.wait(RETRY_DELAY.total_seconds()):
                    return 0

    def _complete_replays(self) -> int:
        """Publish what an interrupted replay has only recorded; on queues that keep nothing, recovery has done so."""
        letter_store, broker, now = self._bus.storage.letter_store, self._bus.broker, self._bus.storage.clock.now()
        if broker.durable:
            return publish_interrupted(letter_store, broker, now)
        mark_recovered(letter_store, now)
        return 0

    def start_polling(self) -> None:
        """Poll each source in a separate thread, at the interval of its settings, and each schedule when it is due."""
        settings = self._bus.storage.settings
        for poller in self._bus.pollers:
            every = settings.sources[poller.name].every if poller.name in settings.sources else SCHEDULE_LOOK
            self._start(f"source.{poller.name}", poller.run, every, self.stop)

    def start_inboxes(self) -> None:
        """Publish what is pushed meanwhile, as `start_polling` does, where sources are polled once."""
        for poller in self._bus.pollers:
            if isinstance(poller, InboxPoller):
                self._start(f"source.{poller.name}", poller.run, SCHEDULE_LOOK, self.stop)

    def wait_until_stopped(self, report_halt: Callable[[str], None]) -> None:
        """Return when `stop` is set. Reports a stage that halts, while the others go on.

        Raises what ended a thread for good, such as a lack of memory; a thread that only fails is started again.
        """
        while not self.stop.wait(CHECK_INTERVAL.total_seconds()):
            if self._fatal is not None:
                raise self._fatal
            while not self._halts.empty():
                report_halt(str(self._halts.get()))

    def drain(self, next_due: Callable[[], bool]) -> None:
        """Return when nothing is in flight. `next_due` moves a clock to the next delayed bundle, if there is one.

        Raises `Halted` when a stage halted, and `NotAdopted` when a restored ledger waits for an operator: what waits
        would never be finished.
        """
        ledger, broker = self._bus.storage.ledger, self._bus.broker
        if self._upkeep is not None:
            self._upkeep.watch.require_adopted()
        while not self.stop.is_set():
            self.check()
            if not self._halts.empty():
                raise self._halts.get()
            if broker.depth():
                broker.wait_for_change(CHECK_INTERVAL)
            elif not next_due() and (in_flight := ledger.in_flight()) <= 0:
                if (in_flight == 0 or not self._correct()) and self._bus.has_delivered():
                    return
            else:
                broker.wait_for_change(SETTLE_INTERVAL)

    def _correct(self) -> int:
        """Correct what a sink has and its route has not passed on. With that alone, less than nothing is open."""
        self._bus.storage.ledger.keep_sums()
        return self._bus.corrections.run()

    def wait_until_idle(self) -> None:
        """Return when no bundle is ready or being handled; delayed bundles are left to a later run."""
        while self._bus.broker.depth() and not self.stop.is_set():
            self.check()
            if not self._halts.empty():
                raise self._halts.get()
            self._bus.broker.wait_for_change(CHECK_INTERVAL)

    def check(self) -> None:
        """Raise the error of a thread that ended, or failed again and again, if one did."""
        if self._failure is not None:
            raise self._failure

    def _start(self, name: str, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=self._run, args=(work, *arguments), name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _run(self, work: Callable[..., None], *arguments: object) -> None:
        """Run the work of a thread. When it fails it starts anew, later each time, and the other threads go on.

        When it has failed more than `MAX_RESTARTS` times within a short time, `check` raises its error. What the thread
        had consumed comes back to the queue.
        """
        restarts = 0
        while True:
            started = time.monotonic()
            try:
                work(*arguments)
            except Halted as halt:
                log.error("a stage halted", why=str(halt))
                self._halted[halt.stage].append(work)
                self._halts.put(halt)
                return
            except Exception as error:
                restarts = 1 if time.monotonic() - started > RESTARTS_FORGOTTEN_AFTER_SECONDS else restarts + 1
                log.exception("a thread failed", restarts=restarts)
                if restarts > MAX_RESTARTS:
                    self._failure = self._failure or error
                if self.stop.wait(
                    min(FIRST_RESTART_DELAY_SECONDS * 2 ** (restarts - 1), LONGEST_RESTART_DELAY_SECONDS)
                ):
                    return
            except BaseException as error:
                log.exception("a thread ended")
                self._fatal = self._failure = self._failure or error
                return
            else:
                return
