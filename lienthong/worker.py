"""The worker: consume → attempt → publish confirmed → record → ack. One loop serves routes and sinks alike."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from lienthong.accounts import Entry
from lienthong.envelope import Bundle
from lienthong.errors import Transient
from lienthong.ports import Broker, Clock, Consumer, Ledger
from lienthong.stage import Stage, StageFault, settle

LOOK = timedelta(seconds=0.5)
"""How long one look into a queue waits; a stop is heard this soon."""

PATIENCE = timedelta(seconds=2)
"""How long to wait before trying again when the broker or the ledger does not answer."""

Observe = Callable[[Sequence[Entry]], None]
"""Told what was written; for progress displays."""

log = structlog.get_logger(__name__)


class Worker:
    """Serves one stage. Start `run` in a thread or a process of its own; any number may serve the same stage."""

    def __init__(self, stage: Stage, broker: Broker, ledger: Ledger, clock: Clock, observe: Observe) -> None:
        self._stage = stage
        self._broker = broker
        self._ledger = ledger
        self._clock = clock
        self._observe = observe

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop. What is in hand is finished first."""
        consumer = self._broker.consume(self._stage.name)
        try:
            while not stop.is_set():
                self._one(consumer, stop)
        finally:
            consumer.close()

    def _one(self, consumer: Consumer, stop: threading.Event) -> None:
        delivery = consumer.next(LOOK)
        if delivery is None:
            return
        while not self._accounted_for(delivery.bundle):
            # We do not move events we cannot account for: nothing is acked, and what is unacked comes back.
            if stop.wait(PATIENCE.total_seconds()):
                return
        delivery.ack()

    def _accounted_for(self, bundle: Bundle) -> bool:
        try:
            self.handle(bundle)
        except Transient as down:
            log.error("ledger or broker does not answer; waiting", stage=self._stage.name, why=down.why)
            return False
        return True

    def handle(self, bundle: Bundle) -> None:
        """Everything that is to happen with a bundle but the ack. Raises when broker or ledger do not answer."""
        try:
            with self._ledger.transaction() as transaction:
                outcomes = self._stage.attempt(bundle.envelopes, transaction)
                after = settle(self._stage, bundle, outcomes, self._clock.now())
                self._broker.publish(after.bundles, after.announce)
                written = transaction.record(after.entries, after.letters)
        except StageFault as fault:
            self._after_fault(bundle, fault)
        else:
            self._observe(written)

    def _after_fault(self, bundle: Bundle, fault: StageFault) -> None:
        """The transaction is undone. Find the guilty event by halves; alone, it waits for its next try."""
        if not fault.transient and len(bundle.envelopes) > 1:
            for half in bundle.halves():
                self.handle(half)
            return
        log.warning("sink did not take a bundle", stage=self._stage.name, error=type(fault.cause).__name__)
        outcomes = [fault.outcome()] * len(bundle.envelopes)
        after = settle(self._stage, bundle, outcomes, self._clock.now())
        with self._ledger.transaction() as transaction:
            self._broker.publish(after.bundles, after.announce)
            written = transaction.record(after.entries, after.letters)
        self._observe(written)
