"""When a webhook that does not take its batch is called again: the schedule of Standard Webhooks, over three days."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""The waits after the attempts 1 to 9, without jitter. There are ten attempts; together they take 75 hours."""

JITTER = 0.1
"""The part of a wait by which it may become longer, so that subscribers of one server do not come back together."""


class WebhookPatience:
    """See `Patience`. It keeps nothing: a process that starts anew goes on where the subscription's row stands.

    A wait that the receiver asks for is kept, and none is shorter than the schedule. `draw` gives 0 to 1, evenly.
    """

    def __init__(self, draw: Callable[[], float] = random.random) -> None:
        self._draw = draw

    def wait(self, failures: int, failing_since: datetime, now: datetime, asked: timedelta | None) -> timedelta | None:  # noqa: ARG002 - attempts are counted, because a bus that is stopped has not tried
        if failures > len(SCHEDULE):
            return None
        wait = SCHEDULE[failures - 1] * (1 + JITTER * self._draw())
        return wait if asked is None else max(wait, asked)
