"""Deliveries to subscribers: a thread for each subscription, which works when something is due, under a lease."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from lienthong.errors import Transient
from lienthong.maintenance.announcement_removal import AnnouncementRemoval
from lienthong.ports import Clock, Ledger
from lienthong.processing.outage_log import OutageLog
from lienthong.processing.worker import RETRY_DELAY
from lienthong.runtime.threads import StopClock, join_all
from lienthong.subscriptions.delivery import Delivery
from lienthong.subscriptions.model import Subscription
from lienthong.subscriptions.ports import Announcements, Subscriptions

LOOK_SECONDS = 0.2
"""Between two looks at what is announced and due: that long an event waits at most for its first delivery."""

DUE_SECONDS = 0.05
"""Between two looks of a run that ends when everything is delivered."""

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class _Line:
    """The thread of one subscription. `seen`: the number up to which nothing more was due."""

    wake: threading.Event = field(default_factory=threading.Event)
    ended: bool = False
    seen: int = -1
    thread: threading.Thread | None = None


class Deliveries:
    """`serve` is the work of one thread, which starts the others. A slow subscriber delays no other.

    `is_on` is False on the ledger of a recording: then nothing leaves, and events are held.
    """

    name = "subscriptions"

    def __init__(
        self,
        subscriptions: Subscriptions,
        announcements: Announcements,
        *,
        ledger: Ledger,
        clock: Clock,
        make_delivery: Callable[[str], Delivery],
        removal: AnnouncementRemoval | None = None,
        is_on: bool = True,
    ) -> None:
        self._subscriptions = subscriptions
        self._announcements = announcements
        self._ledger = ledger
        self._clock = clock
        self._make_delivery = make_delivery
        self._removal = removal
        self._is_on = is_on
        self._lines: dict[tuple[str, object], _Line] = {}

    def serve(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; what is being delivered then is waited for a while."""
        if not self._is_on:
            return
        outage = OutageLog("ledger", task="subscriptions")
        while not stop.wait(LOOK_SECONDS):
            try:
                self._look(stop)
                if self._removal is not None:
                    self._removal.run_when_due()
            except Transient as down:
                outage.note_failure(down.why)
            else:
                outage.note_success()
        for line in self._lines.values():
            line.wake.set()
        join_all([line.thread for line in self._lines.values() if line.thread], StopClock(stop))

    def is_done(self) -> bool:
        """Whether nothing is due: what is announced is delivered to each subscription, or held for it.

        Waits a moment where something is.
        """
        if not self._is_on:
            return True
        upto = self._announcements.settled()
        if any(self._is_due(one, upto) for one in self._subscriptions.list()):
            time.sleep(DUE_SECONDS)
            return False
        return True

    def _is_due(self, one: Subscription, upto: int) -> bool:
        is_tried = one.is_pushed and one.trouble.again_at is None
        return is_tried and self._announcements.backlog(one.place, one.types, upto=upto).events > 0

    def _look(self, stop: threading.Event) -> None:
        found = {(one.name, one.created_at): one for one in self._subscriptions.list() if one.is_pushed}
        for gone in self._lines.keys() - found.keys():
            line = self._lines.pop(gone)
            line.ended = True
            line.wake.set()
        if not found:
            return
        upto, now = self._announcements.settled(), self._clock.now()
        for key, one in found.items():
            line = self._lines.get(key) or self._start(key, stop)
            is_waiting = one.trouble.again_at is not None and now < one.trouble.again_at
            if not is_waiting and max(one.place.number, line.seen + 1) <= upto:
                line.wake.set()

    def _start(self, key: tuple[str, object], stop: threading.Event) -> _Line:
        name, line = key[0], _Line()
        line.thread = threading.Thread(
            target=self._work, args=(name, line, stop), name=f"subscription.{name}", daemon=True
        )
        self._lines[key] = line
        line.thread.start()
        return line

    def _work(self, name: str, line: _Line, stop: threading.Event) -> None:
        delivery, outage = self._make_delivery(name), OutageLog("ledger", subscription=name)
        while not (stop.is_set() or line.ended):
            line.wake.wait()
            line.wake.clear()
            try:
                self._deliver(delivery, line, stop)
                outage.note_success()
            except Transient as down:
                outage.note_failure(down.why)
                stop.wait(RETRY_DELAY.total_seconds())
            except Exception:
                log.exception("undeclared error of a subscription", subscription=name)
                stop.wait(RETRY_DELAY.total_seconds())
        delivery.close()

    def _deliver(self, delivery: Delivery, line: _Line, stop: threading.Event) -> None:
        """Deliver until nothing is due, unless another process does it."""
        with self._ledger.lease(f"subscription.{delivery.name}") as ours:
            while ours and not (stop.is_set() or line.ended):
                upto = self._announcements.settled()
                turn = delivery.turn()
                if turn in ("delivered", "passed"):
                    continue
                if turn == "idle":
                    line.seen = upto
                return
