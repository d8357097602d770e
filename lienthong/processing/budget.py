"""The budget of a lookup: how long a bundle waits for its answer, and what stands for one that does not come."""

import time
from collections.abc import Sequence
from datetime import timedelta

import structlog

from lienthong.errors import Transient
from lienthong.messages import Message, message
from lienthong.ports import Found, NotKnown
from lienthong.processing.askers import Askers, Find, NoAnswer

log = structlog.get_logger(__name__)

LOG_SECONDS = 60.0
"""A lookup without an answer is logged at most so often: it may be asked hundreds of times a second."""


class Budget:
    """The budget of one step. `lookup` is the name of its lookup. Any number of threads may use it."""

    def __init__(self, lookup: str, limit: timedelta, askers: Askers | None = None) -> None:
        self._lookup = lookup
        self._seconds = limit.total_seconds()
        self._askers = askers or Askers()
        self._logged: dict[str, float] = {}  # by reason, when it was logged

    def begin(self, find: Find) -> Find:
        """`find` for one bundle: all its calls together have the time of the budget.

        Where it raises `Transient`, or gives no answer in time, `NotKnown` is the answer. All else it raises stays.
        """
        deadline = time.monotonic() + self._seconds

        def find_in_time(keys: Sequence[str]) -> Found:
            try:
                return self._askers.ask(find, keys, deadline)
            except NoAnswer as late:
                self._log("every thread is late" if late.hangs else "late")
                return NotKnown(self._late())
            except Transient as transient:
                self._log("transient")
                return NotKnown(
                    message("the lookup `{lookup}` gave no answer: {why}", lookup=self._lookup, why=transient.why)
                )

        return find_in_time

    def _late(self) -> Message:
        return message("the lookup `{lookup}` gave no answer in time", lookup=self._lookup)

    def _log(self, reason: str) -> None:
        """Log that the lookup is not known in time; not the text of an exception, which may hold personal data."""
        now = time.monotonic()
        if now - self._logged.get(reason, -LOG_SECONDS) >= LOG_SECONDS:
            self._logged[reason] = now
            log.warning("a lookup gave no answer within its budget", lookup=self._lookup, reason=reason)
