"""Whether the ledger is known not to answer: then a question is refused at once, and does not wait to find out."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.processing.outage_log import OutageLog

PROBE_SECONDS = 1.0
"""While it is down, one call in this time may try."""

STUCK_SECONDS = 1.5
"""A call that has not returned for so long shows that the ledger hangs. Healthy ones take milliseconds, unless they
state more `patience`."""


class LedgerWatch:
    """Watches calls to the ledger, of all threads of a process."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._calls: dict[object, float] = {}
        self._next_probe: float | None = None
        self._outage = OutageLog("ledger", task="requests")

    def require(self) -> None:
        """Raise `Transient` while the ledger is known not to answer. One call in `PROBE_SECONDS` passes, to try."""
        now = self._monotonic()
        with self._lock:
            hangs = any(now > until for until in self._calls.values())
            if not hangs and self._next_probe is None:
                return
            if self._next_probe is None:
                self._next_probe = now + PROBE_SECONDS
            if now < self._next_probe:
                raise Transient(
                    message("the database does not answer in time")
                    if hangs
                    else message("the database did not answer a moment ago")
                )
            self._next_probe = now + PROBE_SECONDS

    @contextmanager
    def call(self, *, patience: float = STUCK_SECONDS) -> Iterator[None]:
        """Around one call. A `Transient` that is an outage shows that the ledger is down, the next success the end."""
        token = object()
        with self._lock:
            self._calls[token] = self._monotonic() + patience
        try:
            yield
        except Transient as down:
            if down.outage:
                self._note_failure(down.why)
            raise
        else:
            self._note_success()
        finally:
            with self._lock:
                del self._calls[token]

    def _note_failure(self, why: str) -> None:
        with self._lock:
            self._next_probe = self._monotonic() + PROBE_SECONDS
            self._outage.note_failure(why)

    def _note_success(self) -> None:
        with self._lock:
            self._next_probe = None
            self._outage.note_success()
