"""The worker: consume → attempt → record → publish confirmed → commit → ack. One loop serves routes and sinks alike."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from lienthong.accounts import Entry, Verdict
from lienthong.breaker import Breaker, Halt
from lienthong.envelope import Bundle
from lienthong.errors import Transient
from lienthong.gathering import Gathering
from lienthong.outcome import Later, Outcome
from lienthong.ports import Broker, Clock, Consumer, Delivery, Ledger, LedgerTransaction
from lienthong.quarantine import CHANCES, POISON, Hands, NoEvidence, key_of, singles
from lienthong.stage import Stage, StageFault, settle
from lienthong.topology import quarantine_of

LOOK = timedelta(seconds=0.2)
"""How long one look into a queue waits; a stop is heard this soon."""

PATIENCE = timedelta(seconds=2)
"""How long to wait before trying again when the broker or the ledger does not answer."""

DOWN = "đích đang ngừng; đang thăm dò bằng từng sự kiện"

Observe = Callable[[Sequence[Entry]], None]
"""Told what was written; for progress displays."""

log = structlog.get_logger(__name__)


class Worker:
    """Serves one stage, or the quarantine of one. Start `run` in a thread or a process of its own; any number may
    serve the same stage.
    """

    def __init__(
        self,
        stage: Stage,
        broker: Broker,
        ledger: Ledger,
        clock: Clock,
        observe: Observe,
        *,
        breaker: Breaker | None = None,
        halt_after: int | None = 1000,
        quarantine: bool = False,
        hands: Hands | None = None,
    ) -> None:
        self._stage = stage
        self._broker = broker
        self._ledger = ledger
        self._clock = clock
        self._observe = observe
        self._breaker = breaker or Breaker()
        self._halt = Halt(stage.name, halt_after)
        self._quarantine = quarantine
        self._hands: Hands = hands or NoEvidence()

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; what is in hand is finished first. Raises `Halted` when everything dies."""
        consumer = self._consumer()
        try:
            while not stop.is_set():
                if pause := self._breaker.pause():
                    stop.wait(min(pause, LOOK.total_seconds()))
                else:
                    self._one(consumer, stop)
        finally:
            consumer.close()

    def _consumer(self) -> Consumer:
        if self._quarantine:
            return self._broker.consume(quarantine_of(self._stage.name), prefetch=1)
        return Gathering(self._broker.consume(self._stage.name))

    def _one(self, consumer: Consumer, stop: threading.Event) -> None:
        delivery = consumer.next(LOOK)
        if delivery is None:
            return
        while (verdicts := self._accounted_for(delivery)) is None:
            # We do not move events we cannot account for: nothing is acked, and what is unacked comes back.
            if stop.wait(PATIENCE.total_seconds()):
                return
        delivery.ack()
        self._halt.seen(verdicts)

    def _accounted_for(self, delivery: Delivery) -> Sequence[Verdict] | None:
        try:
            return self.take(delivery)
        except Transient as down:
            log.error("ledger or broker does not answer; waiting", stage=self._stage.name, why=down.why)
            return None

    def take(self, delivery: Delivery) -> Sequence[Verdict]:
        """`handle` it, unless somebody died over it before: see `quarantine`."""
        bundle = delivery.bundle
        key = key_of(self._stage.name, bundle)
        deaths = self._hands.deaths(key) if delivery.redelivered else 0
        if deaths and not self._quarantine:
            log.warning("somebody died over a bundle", stage=self._stage.name, events=len(bundle.envelopes))
            self._broker.publish(singles(bundle))
            verdicts: Sequence[Verdict] = ()
        elif deaths >= CHANCES:
            log.error("an event kills workers", stage=self._stage.name, event_id=bundle.envelopes[0].id)
            verdicts = self._finish(bundle, [POISON] * len(bundle.envelopes))
        else:
            with self._hands.holding(key):
                verdicts = self.handle(bundle)
        if deaths:
            self._hands.forget(key)
        return verdicts

    def handle(self, bundle: Bundle) -> Sequence[Verdict]:
        """Everything that is to happen with a bundle but the ack. Raises `Transient` when broker or ledger are down.

        Returns what became of each event, in order.
        """
        if not self._breaker.tripped or len(bundle.envelopes) == 1:
            return self._attempt(bundle)
        probe, others = bundle.parted(1)
        verdicts = self._attempt(probe)
        if self._breaker.tripped:
            return [*verdicts, *self._finish(others, [Later(DOWN)] * len(others.envelopes))]
        return [*verdicts, *self._attempt(others)]

    def _attempt(self, bundle: Bundle) -> Sequence[Verdict]:
        try:
            with self._ledger.transaction() as transaction:
                outcomes = self._stage.attempt(bundle.envelopes, transaction)
                verdicts = self._record(bundle, outcomes, transaction)
        except StageFault as fault:
            return self._after_fault(bundle, fault)
        self._judge(outcomes)
        return verdicts

    def _after_fault(self, bundle: Bundle, fault: StageFault) -> Sequence[Verdict]:
        """The transaction is undone. Find the guilty event by halves; alone, it waits for its next try."""
        if not fault.transient and len(bundle.envelopes) > 1:
            first, second = bundle.parted(len(bundle.envelopes) // 2)
            return [*self._attempt(first), *self._attempt(second)]
        log.warning("sink did not take a bundle", stage=self._stage.name, error=type(fault.cause).__name__)
        if fault.transient:
            self._breaker.failed()
        return self._finish(bundle, [fault.outcome()] * len(bundle.envelopes))

    def _finish(self, bundle: Bundle, outcomes: Sequence[Outcome]) -> Sequence[Verdict]:
        with self._ledger.transaction() as transaction:
            return self._record(bundle, outcomes, transaction)

    def _record(self, bundle: Bundle, outcomes: Sequence[Outcome], transaction: LedgerTransaction) -> Sequence[Verdict]:
        """Write it down, publish confirmed; the commit follows, then the ack. In this order.

        A try that comes late, after another one was recorded, publishes nothing: that one was published before.
        """
        spend = not self._breaker.tripped
        after = settle(self._stage, bundle, outcomes, self._clock.now(), spend=spend)
        written = transaction.record(after.entries, after.letters)
        if len(written) < len(bundle.envelopes):
            new = {entry.event_id for entry in written}
            told = [pair for pair in zip(bundle.envelopes, outcomes, strict=True) if pair[0].id in new]
            if not told:
                return ()
            bundle = replace(bundle, envelopes=tuple(envelope for envelope, _ in told))
            after = settle(self._stage, bundle, [outcome for _, outcome in told], self._clock.now(), spend=spend)
        self._broker.publish(after.bundles, after.announce)
        self._observe(written)
        return [entry.verdict for entry in after.entries]

    def _judge(self, outcomes: Sequence[Outcome]) -> None:
        """A lookup or a sink that makes every event wait is down, whether it raised or said so."""
        if all(isinstance(outcome, Later) for outcome in outcomes):
            self._breaker.failed()
        else:
            self._breaker.succeeded()
