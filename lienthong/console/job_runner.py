"""Runs jobs in threads of the process that serves: one after another, each with its progress in the database."""

import contextvars
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from lienthong.errors import LienthongError, Transient
from lienthong.messages import message
from lienthong.ports import Clock
from lienthong.ports.jobs import Job, Jobs

BEAT_SECONDS = 1.0
"""How often a job writes how far it is, and reads whether its end was asked for."""

END_SECONDS = 15.0
"""How long jobs may take to end when the process does."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Progress:
    """How far a job is; its work sets `done` and `total`. `stop` is set when its end was asked for."""

    done: int = 0
    total: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


Work = Callable[[Progress], Mapping[str, Any]]
"""Does a job, and returns its result: plain JSON without personal data."""


class JobRunner:
    """See above. At most one job of a process runs at a time; the others wait."""

    def __init__(self, jobs: Jobs, clock: Clock) -> None:
        self.jobs = jobs
        self._clock = clock
        self._one_at_a_time = threading.Semaphore(1)
        self._running: dict[str, tuple[threading.Thread, Progress]] = {}
        self._lock = threading.Lock()

    def begin(self, job: Job, work: Work) -> None:
        """Begin a job; one with the same id was begun before, then nothing is done. Raises `Transient`."""
        if not self.jobs.add(job):
            return
        progress = Progress()
        context = contextvars.copy_context()  # the language of the reader, for what the work reports
        thread = threading.Thread(target=context.run, args=(self._run, job, work, progress), daemon=True)
        thread.name = f"job.{job.kind}"
        with self._lock:
            self._running[job.job] = (thread, progress)
        thread.start()

    def running(self) -> Mapping[str, tuple[threading.Thread, Progress]]:
        """By id, the jobs of this process that have not ended."""
        with self._lock:
            return dict(self._running)

    def close(self) -> None:
        """Ask every job of this process to end, and wait a while for it."""
        running = self.running().values()
        for _, progress in running:
            progress.stop.set()
        for thread, _ in running:
            thread.join(END_SECONDS)

    def _run(self, job: Job, work: Work, progress: Progress) -> None:
        ended = threading.Event()
        beats = threading.Thread(target=self._beat, args=(job.job, progress, ended), daemon=True)
        beats.start()
        with self._one_at_a_time:
            result, why = self._work(job, work, progress)
        ended.set()
        beats.join()
        self._end(job, progress, result, why)
        with self._lock:
            self._running.pop(job.job, None)

    def _work(self, job: Job, work: Work, progress: Progress) -> tuple[Mapping[str, Any], str]:
        try:
            self.jobs.begin(job.job, self._clock.now())
            return work(progress), ""
        except LienthongError as error:
            return {}, str(error)
        except Exception as error:
            log.exception("a job failed", kind=job.kind, job=job.job)
            return {}, message("Unexpected error ({kind}); the details are in the log.", kind=type(error).__name__)

    def _end(self, job: Job, progress: Progress, result: Mapping[str, Any], why: str) -> None:
        try:
            self.jobs.beat(job.job, progress.done, progress.total, self._clock.now())
            self.jobs.end(job.job, self._clock.now(), result=result, why=why)
        except Transient as error:  # it is then shown as lost; what it did is in the ledger
            log.warning("the end of a job could not be written", job=job.job, why=error.why)

    def _beat(self, job: str, progress: Progress, ended: threading.Event) -> None:
        while not ended.wait(BEAT_SECONDS):
            try:
                if self.jobs.beat(job, progress.done, progress.total, self._clock.now()):
                    progress.stop.set()
            except Transient as error:
                log.warning("the progress of a job could not be written", job=job, why=error.why)
