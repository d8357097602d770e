"""When to stop: a signal, or the end of whoever watches us."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue


@contextmanager
def stop_signal() -> Iterator[threading.Event]:
    """Set by SIGTERM and Ctrl+C: what is in hand is finished and flushed, and the exit code is 0."""
    stop = threading.Event()
    told: SimpleQueue[bool] = SimpleQueue()

    def listen() -> None:
        if told.get():
            stop.set()

    # A handler runs in the middle of whatever the main thread does. In the middle of its own wait for `stop`, to set it
    # there would take a lock that this thread holds already, for ever; `put` of a SimpleQueue never does.
    threading.Thread(target=listen, daemon=True).start()
    stops = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda _signal, _frame: told.put(True)) for number in stops}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        told.put(False)


def stop_when_stdin_closes(stop: threading.Event) -> None:
    """For a process that is watched: whoever held its stdin is gone, however that came."""

    def wait() -> None:
        # Not through sys.stdin, whose lock this thread would still hold when the interpreter ends.
        while os.read(sys.stdin.fileno(), 1024):
            pass
        stop.set()

    threading.Thread(target=wait, daemon=True).start()
