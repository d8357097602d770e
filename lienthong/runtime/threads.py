"""Threads that must not keep a process from ending, whatever the code in them does."""

import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import structlog

STOP_SECONDS = 8.0
"""From the request to stop until what still runs is left behind. A process ends within ten seconds."""

LOOK_SECONDS = 0.1
"""How often a waiting main thread looks whether it was asked to stop."""

STACK_LINES = 5
"""Lines of a stuck thread's stack that the log names."""

T = TypeVar("T")

log = structlog.get_logger(__name__)


class LeftBehind(Exception):  # noqa: N818 - a signal, not an error that is reported
    """A call had not returned when the process had to end."""


class StopClock:
    """How much time is left to end, counted from the moment at which this process first noticed the stop."""

    def __init__(self, stop: threading.Event, *, seconds: float = STOP_SECONDS) -> None:
        self._stop = stop
        self._seconds = seconds
        self._noticed: float | None = None

    def remaining(self) -> float | None:
        """Seconds until the end, never below 0; None before a stop was requested."""
        if not self._stop.is_set():
            return None
        now = time.monotonic()
        if self._noticed is None:
            self._noticed = now
        return max(0.0, self._noticed + self._seconds - now)


def join_all(threads: Iterable[threading.Thread], clock: StopClock) -> None:
    """Wait for threads that were asked to stop. Those that do not end in time are named in the log and left behind.

    What such a thread has begun is not recorded: the event or page comes again at the next start.
    """
    for thread in threads:
        thread.join(clock.remaining())
        if thread.is_alive():
            _name(thread)


class Call(Generic[T]):
    """A function that runs in a thread of its own, so that the caller can end before it does."""

    def __init__(self, function: Callable[[], T], *, name: str) -> None:
        self._function = function
        self._result: T | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> "Call[T]":
        """Begin, without waiting. `wait` begins a call that was not started."""
        self._thread.start()
        return self

    @property
    def has_ended(self) -> bool:
        """Whether a call that was started has ended."""
        return not self._thread.is_alive()

    def wait(self, clock: StopClock) -> T:
        """The result of the function, or its exception. Raises `LeftBehind` when the time to end is over first."""
        if self._thread.ident is None:
            self.start()
        while self._thread.is_alive():
            self._thread.join(LOOK_SECONDS)
            if self._thread.is_alive() and clock.remaining() == 0:
                _name(self._thread)
                raise LeftBehind(self._thread.name)
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # it is set where there is no error

    def _run(self) -> None:
        try:
            self._result = self._function()
        except BaseException as error:  # noqa: BLE001 - the caller raises it
            self._error = error


def _name(thread: threading.Thread) -> None:
    log.error("a thread does not stop and is left behind", thread=thread.name, where=_place(thread))


def _place(thread: threading.Thread) -> str:
    """The last files and lines on the stack of a thread, the innermost one last."""
    frame = sys._current_frames().get(thread.ident or 0)
    stack = traceback.extract_stack(frame)[-STACK_LINES:] if frame else ()
    return " > ".join(f"{line.filename}:{line.lineno}" for line in stack)
