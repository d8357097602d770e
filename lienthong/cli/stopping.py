"""When to stop: a signal, or the end of whoever watches us."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stop_signal() -> Iterator[threading.Event]:
    """Set by SIGTERM and Ctrl+C: what is in hand is finished and flushed, and the exit code is 0."""
    stop = threading.Event()

    def told(_signal: int, _frame: object) -> None:
        stop.set()

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_when_stdin_closes(stop: threading.Event) -> None:
    """For a process that is watched: whoever held its stdin is gone, however that came."""

    def wait() -> None:
        # Not through sys.stdin, whose lock this thread would still hold when the interpreter ends.
        while os.read(sys.stdin.fileno(), 1024):
            pass
        stop.set()

    threading.Thread(target=wait, daemon=True).start()
