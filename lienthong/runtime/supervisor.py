"""`lienthong run --processes N`: one process that watches, N that work.

Each of the N does everything: any number may serve the same queues, and a lease lets one at a time poll a source. A
process that ends without being stopped is started again, with a longer pause each time it does not live long.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from types import TracebackType

import structlog

from lienthong.messages import Message, format_number, message
from lienthong.messages.os_errors import os_reason

WATCHED = "--watched"
"""Marks a process as one of several: it stops when its stdin closes, and leaves the summary to the supervisor."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a process that ended is started again. The pause doubles while processes live no longer than the
longest pause."""

CHECK_SECONDS = 0.2
"""Seconds between two looks at the processes."""

STOP_SECONDS = 9.5
"""Seconds that processes have to finish their current work: more than each takes by itself (`threads.STOP_SECONDS`).
What a killed one had not acked goes to the others."""

CLEAN_EXIT_CODES = (0, -signal.SIGTERM)
"""Exit codes of a process that was stopped; the signal itself when it had not installed its handler yet."""

log = structlog.get_logger(__name__)


class Supervisor:
    """Processes that are kept running. Leaving the context stops all of them and waits for them.

    `unfinished` is then the number of processes that had to be killed, failed, or were waiting to be started again.
    """

    def __init__(
        self,
        command: Sequence[str],
        processes: int,
        *,
        report: Callable[[Message], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.unfinished = 0
        self._monotonic = monotonic
        self._report = report
        self.children = [Child(number, command) for number in range(1, processes + 1)]

    def __enter__(self) -> "Supervisor":
        self.check()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        running = [child.process for child in self.children if child.process is not None]
        self.unfinished = len(self.children) - len(running)
        for process in running:
            process.terminate()
        deadline = self._monotonic() + STOP_SECONDS
        for process in running:
            if _wait_or_kill(process, deadline - self._monotonic()) not in CLEAN_EXIT_CODES:
                self.unfinished += 1

    def check(self) -> None:
        """Notice processes that have ended, and start those whose pause is over."""
        now = self._monotonic()
        for child in self.children:
            if child.process is not None and (code := child.process.poll()) is not None:
                self._report_end(child, code, child.schedule_start(now))
            if child.process is None and now >= child.due:
                try:
                    child.start(now)
                except OSError as error:  # no memory, too many processes: the other processes go on
                    self._report_failed_start(child, error, child.schedule_start(now))

    def _report_end(self, child: "Child", code: int, pause: float) -> None:
        log.error("a process has ended", number=child.number, code=code, again_in_seconds=pause)
        self._report(
            message(
                "Process {number} has ended (code {code}); it is started again in {seconds} seconds.",
                number=child.number,
                code=code,
                seconds=format_number(pause),
            )
        )

    def _report_failed_start(self, child: "Child", error: OSError, pause: float) -> None:
        log.error("a process cannot be started", number=child.number, why=error.strerror, again_in_seconds=pause)
        self._report(
            message(
                "Process {number} cannot be started ({why}); it is tried again in {seconds} seconds.",
                number=child.number,
                why=os_reason(error),
                seconds=format_number(pause),
            )
        )


class Child:
    """One of the processes; `process` is None while it waits until `due` to be started again."""

    def __init__(self, number: int, command: Sequence[str]) -> None:
        self.number = number
        self.process: subprocess.Popen[bytes] | None = None
        self.due = 0.0
        self._command = command
        self._started_at = 0.0
        self._pause = FIRST_PAUSE

    def start(self, now: float) -> None:
        self._started_at = now
        self.process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            self._command,
            stdin=subprocess.PIPE,  # closes when the supervisor ends, in whatever way
            start_new_session=True,  # Ctrl+C reaches the supervisor only, which stops the others
        )

    def schedule_start(self, now: float) -> float:
        """Set when the process is started again. Returns the pause until then, in seconds."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None
        pause = FIRST_PAUSE if now - self._started_at > LONGEST_PAUSE else self._pause
        self.due, self._pause = now + pause, min(pause * 2, LONGEST_PAUSE)
        return pause


def _wait_or_kill(process: subprocess.Popen[bytes], seconds: float) -> int:
    try:
        return process.wait(max(seconds, 0))
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
    finally:
        if process.stdin is not None:
            process.stdin.close()
