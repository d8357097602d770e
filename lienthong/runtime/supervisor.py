"""`lienthong run --processes N`: one process that watches, N that work.

Each of them does everything, for any number may serve the same queues and one at a time polls a source. Whoever ends
without being told to is started again, later each time it happens soon.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from types import TracebackType

import structlog

WATCHED = "--watched"
"""Says to a process that it is one of several: it stops when its stdin closes, and leaves the summary to us."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a process that ended is started again: twice as long after each one that did not live longer."""

LOOK = 0.2
FAREWELL = 20.0
"""Seconds that processes have to finish what is in hand. What a killed one had in hand comes back to the others."""

CLEAN_EXIT_CODES = (0, -signal.SIGTERM)
"""How a process ends that was told to; by the signal itself when it had not yet begun."""

log = structlog.get_logger(__name__)


class Supervisor:
    """Processes that are kept running. Leaving the context tells all of them to stop, and waits for them.

    `unfinished` counts those that had to be killed then, or failed: also those that had, and waited for another start.
    """

    def __init__(
        self,
        command: Sequence[str],
        processes: int,
        *,
        tell: Callable[[str], None],
        moment: Callable[[], float] = time.monotonic,
    ) -> None:
        self.unfinished = 0
        self._moment = moment
        self._tell = tell
        self.kept = [Child(number, command) for number in range(1, processes + 1)]

    def __enter__(self) -> "Supervisor":
        self.look()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        running = [kept.process for kept in self.kept if kept.process is not None]
        self.unfinished = len(self.kept) - len(running)
        for process in running:
            process.terminate()
        deadline = self._moment() + FAREWELL
        for process in running:
            self.unfinished += _ended(process, deadline - self._moment()) not in CLEAN_EXIT_CODES

    def look(self) -> None:
        """Notice who has ended, and start whose time has come."""
        now = self._moment()
        for kept in self.kept:
            if kept.process is not None and (code := kept.process.poll()) is not None:
                self._say(kept, f"đã kết thúc (mã {code})", kept.ended(now))
            if kept.process is None and now >= kept.due:
                try:
                    kept.start(now)
                except OSError as error:  # no memory, too many processes: the others go on
                    self._say(kept, f"không khởi động được ({error.strerror})", kept.ended(now))

    def _say(self, kept: "Child", what: str, pause: float) -> None:
        log.error("a process is not there", number=kept.number, what=what, again_in_seconds=pause)
        self._tell(f"Tiến trình {kept.number} {what}; sẽ chạy lại sau {pause:.0f} giây.")


class Child:
    """One of the processes, or the place of one that is to be started again at `due`."""

    def __init__(self, number: int, command: Sequence[str]) -> None:
        self.number = number
        self.process: subprocess.Popen[bytes] | None = None
        self.due = 0.0
        self._command = command
        self._began = 0.0
        self._pause = FIRST_PAUSE

    def start(self, now: float) -> None:
        self._began = now
        self.process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            self._command,
            stdin=subprocess.PIPE,  # closes when we die, however we die
            start_new_session=True,  # Ctrl+C is for us: we tell the others
        )

    def ended(self, now: float) -> float:
        """Returns the pause, in seconds."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None
        pause = FIRST_PAUSE if now - self._began > LONGEST_PAUSE else self._pause
        self.due, self._pause = now + pause, min(pause * 2, LONGEST_PAUSE)
        return pause


def _ended(process: subprocess.Popen[bytes], seconds: float) -> int:
    try:
        return process.wait(max(seconds, 0))
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
    finally:
        if process.stdin is not None:
            process.stdin.close()
