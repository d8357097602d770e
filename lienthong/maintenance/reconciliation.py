"""Reconciliation: what is open in the ledger and in no queue is published again, by itself and once.

A broker may lose what it confirmed, and an operator may purge or delete a queue. The ledger has every open event, and
with it the moment since when it is open at its stage.
"""

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import structlog

from lienthong.ledger.records import OpenItem
from lienthong.maintenance.busy_stages import busy_lease
from lienthong.maintenance.open_ages import OpenAges
from lienthong.messages import message
from lienthong.ports import Broker, Clock, Ledger
from lienthong.processing.handover import Handover
from lienthong.processing.stage import Stage
from lienthong.settings import DEFAULT_BUNDLE_SIZE, DEFAULT_RECONCILE_AFTER

log = structlog.get_logger(__name__)


class Reconciliation:
    """One look at a time, by one process at a time.

    An event counts as lost when nothing is ready in the queues of its stage, no process keeps deliveries of it for
    long (see `BusyStages`), and the last that the ledger has of it there is older than `margin`; after a failed
    attempt, older than the longest wait of the stage and `margin`. How old that is: see `OpenAges`.
    """

    def __init__(
        self,
        stages: Mapping[str, Stage],
        *,
        broker: Broker,
        ledger: Ledger,
        clock: Clock,
        margin: timedelta = DEFAULT_RECONCILE_AFTER,
        bundle_size: int = DEFAULT_BUNDLE_SIZE,
        ages: OpenAges | None = None,
    ) -> None:
        self._stages = stages
        self._broker = broker
        self._ledger = ledger
        self._clock = clock
        self.margin = margin
        self._ages = ages or OpenAges()
        why = message("no queue had this event any more; it was published again")
        self._handover = Handover(stages, broker=broker, ledger=ledger, clock=clock, bundle_size=bundle_size, why=why)

    def run(self, stop: threading.Event) -> int:
        """Look once; returns the number of events that were published again. Raises `Transient`.

        Nothing is done while a restored ledger waits for an operator (`lienthong adopt`).
        """
        if not self._broker.durable:
            return 0
        with self._ledger.lease("reconciliation") as ours:
            if not ours or self._ledger.identity().restored_at is not None:
                return 0
            now = self._clock.now()
            suspects = self._suspects(now)
            if not suspects:
                return 0
            count = self._handover.republish(self._lost(suspects, now), stop)
            if count:
                log.error("events that no queue had were published again", events=count, stages=sorted(suspects))
            return count

    def _suspects(self, now: datetime) -> frozenset[str]:
        """Stages with events open for long, and nothing ready in their queues."""
        return frozenset(
            status.stage
            for status in self._ledger.stages()
            if status.stage in self._stages
            and status.open_events > 0
            and (status.oldest is None or not now - self.margin <= status.oldest <= now)
            and self._broker.is_idle(status.stage)
            and not self._is_busy(status.stage)
        )

    def _is_busy(self, stage: str) -> bool:
        """Whether a process has kept deliveries of the stage for long; their events are in no queue."""
        with busy_lease(self._ledger, stage) as free:
            return not free

    def _lost(self, suspects: frozenset[str], now: datetime) -> Iterator[OpenItem]:
        self._ages.begin_look()
        for item in self._ledger.open_items(timed=True):
            if item.stage in suspects and self._ages.is_older(item, self._patience(item), now):
                yield item

    def _patience(self, item: OpenItem) -> timedelta:
        """How long an event may be open at its stage without a message that is ready."""
        if item.next_turn == 1:
            return self.margin
        return max(self._stages[item.stage].retry.rungs) + self.margin
