"""When a process stops: on a signal, or when the process that watches it has ended."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue


@contextmanager
def stop_signal() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl+C set. The caller then finishes and writes its current work, and exits with 0."""
    stop = threading.Event()
    signalled: SimpleQueue[bool] = SimpleQueue()

    def listen() -> None:
        if signalled.get():
            stop.set()

    # A signal handler runs in the middle of what the main thread does. If that is a wait for `stop`, setting it there
    # would wait for ever for a lock that the same thread holds. `put` of a SimpleQueue takes no such lock.
    threading.Thread(target=listen, daemon=True).start()
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda _signal, _frame: signalled.put(True)) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signalled.put(False)


def stop_when_stdin_closes(stop: threading.Event) -> None:
    """Set `stop` when stdin closes: the process that held its other end has ended, in whatever way."""

    def wait() -> None:
        # Not through sys.stdin, whose lock this thread would still hold when the interpreter ends.
        while os.read(sys.stdin.fileno(), 1024):
            pass
        stop.set()

    threading.Thread(target=wait, daemon=True).start()
