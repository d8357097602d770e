"""A time limit over everything that one exchange waits for on the network.

httpx limits the wait for each piece of a reply. A server that sends its headers byte by byte would keep a source
waiting for hours. So the limit of an exchange is checked before every wait, from the name server to the last byte.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta


class Deadline:
    """A time limit that began when this object was made. `elapsed` gives seconds."""

    def __init__(self, limit: timedelta, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._seconds = limit.total_seconds()
        self._elapsed = elapsed
        self._began = elapsed()

    def remaining(self) -> float:
        """The seconds that are left. Raises TimeoutError when there are none."""
        left = self._seconds - (self._elapsed() - self._began)
        if left <= 0:
            raise TimeoutError
        return left


_current: ContextVar[Deadline | None] = ContextVar("deadline of the current exchange", default=None)


@contextmanager
def limited(deadline: Deadline) -> Iterator[None]:
    """What this thread does on the network within the block must be over at the deadline."""
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)


def shorten(timeout: float | None, over: type[Exception]) -> float | None:
    """The time to wait at most: `timeout` or what is left of the exchange. Raises `over` when nothing is left."""
    deadline = _current.get()
    if deadline is None:
        return timeout
    try:
        left = deadline.remaining()
    except TimeoutError:
        raise over from None
    return left if timeout is None else min(timeout, left)
