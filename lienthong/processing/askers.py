"""A few threads that ask one lookup, so that a worker waits for an answer no longer than it has time.

A thread cannot be stopped: one whose lookup hangs stays with it, and is late. Its place is free again when the lookup
answers after all. Threads are daemons, because a process that ends waits for none of them, and end when they are idle.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial

from lienthong.ports import Found

THREADS = 8
"""Asking at the same time. A lookup is asked once for a bundle, so that more than a few at a time are seldom."""

IDLE_SECONDS = 10.0

Find = Callable[[Sequence[str]], Found]


class NoAnswer(Exception):  # noqa: N818 - it names the situation
    """The lookup gave no answer in time. `hangs`: it was not asked, because every thread is late."""

    def __init__(self, *, hangs: bool) -> None:
        super().__init__("hangs" if hangs else "late")
        self.hangs = hangs


class _Question:
    """One call of a lookup, and its result: a function that returns or raises what the call did.

    Its flags change under the lock of the askers.
    """

    def __init__(self, call: Callable[[], Found]) -> None:
        self._call = call
        self.is_begun = self.is_late = False
        self.result: Callable[[], Found] | None = None
        self.is_answered = threading.Event()

    def ask(self) -> Callable[[], Found]:
        try:
            found = self._call()
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is waited for
            return partial(_raise, error)
        return lambda: found


class Askers:
    """The threads for one lookup. Any number of threads may call `ask`."""

    def __init__(self, threads: int = THREADS, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._threads = threads
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._questions: queue.SimpleQueue[_Question] = queue.SimpleQueue()
        self._alive = 0
        self._open = 0  # questions that wait or are asked
        self._late = 0  # of these, the ones that are asked and whose answer is no longer waited for

    def ask(self, find: Find, keys: Sequence[str], deadline: float) -> Found:
        """What `find(keys)` returns or raises, until `deadline` of `time.monotonic`. Raises `NoAnswer` after it."""
        question = _Question(partial(copy_context().run, find, keys))
        with self._lock:
            if self._late >= self._threads:
                raise NoAnswer(hangs=True)
            self._open += 1
            self._questions.put(question)
            if self._alive < min(self._open, self._threads):
                threading.Thread(target=self._work, name="lookup", daemon=True).start()
                self._alive += 1
        question.is_answered.wait(max(0.0, deadline - time.monotonic()))
        with self._lock:
            if question.result is None:
                question.is_late = True
                self._late += question.is_begun
                raise NoAnswer(hangs=False)
        return question.result()

    def _work(self) -> None:
        while (question := self._next()) is not None:
            with self._lock:
                if question.is_late:
                    self._open -= 1
                    continue
                question.is_begun = True
            result = question.ask()
            with self._lock:
                question.result = result
                self._open -= 1
                self._late -= question.is_late
            question.is_answered.set()

    def _next(self) -> _Question | None:
        """The next question; None when there was none for a while, and this thread ends."""
        try:
            return self._questions.get(timeout=self._idle_seconds)
        except queue.Empty:
            with self._lock:  # questions are put under the lock, so none comes meanwhile
                if self._questions.empty():
                    self._alive -= 1
                    return None
            return self._next()


def _raise(error: BaseException) -> Found:
    if isinstance(error, KeyboardInterrupt):  # raised by the lookup: Ctrl+C comes to the main thread alone
        raise RuntimeError("KeyboardInterrupt") from error
    raise error
