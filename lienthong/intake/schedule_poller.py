"""The poller of a schedule: it looks when a moment is due, not in a rhythm of its own."""

from datetime import datetime, timedelta
from typing import Any

from lienthong.errors import Transient
from lienthong.intake.poller import Poller
from lienthong.intake.schedule import Schedule, pause_until


class SchedulePoller(Poller):
    """Polls a schedule when it is due, whichever process recorded the moment before."""

    def __init__(self, name: str, schedule: Schedule, routes: tuple[str, ...], **more: Any) -> None:
        super().__init__(name, schedule, routes, **more)
        self._schedule = schedule

    @property
    def only_latest(self) -> bool:
        """Whether one look does the work of all moments before it, so that a recording need not stop at each."""
        return self._schedule.only_latest

    def next_due(self) -> datetime | None:
        """The next due moment that is not recorded. Raises `Transient` when the ledger does not answer."""
        return self._schedule.next_due(self._ledger.cursor(self.name))

    def pause(self, every: timedelta) -> timedelta:
        """Until the next due moment, and `every` at most."""
        try:
            return pause_until(self.next_due(), self._clock.now(), every)
        except Transient:
            return every
