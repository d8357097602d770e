"""Logs an outage once when it begins and once when it ends, however often it is noticed in between."""

import time
from collections.abc import Callable
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class OutageLog:
    """The outages of one thing that others wait for, such as the ledger. For one thread.

    `what` begins each line; `context` are the names of the place. `lost`: what an outage costs.
    """

    def __init__(
        self,
        what: str,
        *,
        lost: str = "nothing",
        monotonic: Callable[[], float] = time.monotonic,
        **context: Any,
    ) -> None:
        self._what = what
        self._lost = lost
        self._monotonic = monotonic
        self._context = context
        self._began_at: float | None = None
        self._tries = 0
        self._why = ""

    def note_failure(self, why: str) -> None:
        """It did not answer. Logged when that is new, or when the reason is another one."""
        self._tries += 1
        if self._began_at is None or why != self._why:
            log.error(f"{self._what} does not answer; waiting", why=why, **self._context)
        self._began_at = self._monotonic() if self._began_at is None else self._began_at
        self._why = why

    def note_success(self) -> None:
        """It answered. Costs nothing while there is no outage."""
        if self._began_at is None:
            return
        seconds = round(self._monotonic() - self._began_at, 1)
        log.warning(
            f"{self._what} answers again", seconds=seconds, failed_tries=self._tries, lost=self._lost, **self._context
        )
        self._began_at, self._tries, self._why = None, 0, ""
