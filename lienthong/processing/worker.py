"""The worker: consume → attempt → record → publish → commit → ack. One loop serves routes and sinks alike."""

import threading
from collections import deque
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import structlog

from lienthong.envelope import Bundle
from lienthong.errors import EventsTooLarge, Transient, UnreadableData
from lienthong.ledger.records import Verdict
from lienthong.messages import message
from lienthong.outcome import Dead, Later, Outcome
from lienthong.ports import Broker, Clock, Consumer, Delivery, Ledger, Transaction
from lienthong.processing.admission import RETRY_DELAY, Admission
from lienthong.processing.announcing import publish_effects
from lienthong.processing.circuit_breaker import CircuitBreaker, Halted, HaltGuard
from lienthong.processing.death_log import log_deaths
from lienthong.processing.delivery_batcher import DeliveryBatcher
from lienthong.processing.effects import NO_EFFECTS, Effects, plan_effects
from lienthong.processing.follow_ups import pass_on_follow_ups, receive_follow_ups
from lienthong.processing.handling_clock import HandlingClock
from lienthong.processing.observe import Observe, ignore
from lienthong.processing.outage_log import OutageLog
from lienthong.processing.oversize import parts_after_refusal
from lienthong.processing.parts import Part, RecordedBefore, effects_of_written, probe_and_rest, set_unreadable_aside
from lienthong.processing.quarantine import (
    MAX_SOLO_CRASHES,
    CrashMarkers,
    NoCrashMarkers,
    marker_key,
    poison,
    split_for_quarantine,
)
from lienthong.processing.stage import SinkFailure, Stage, handle_in_span
from lienthong.processing.stage_times import StageTimes, now
from lienthong.processing.stage_watch import StageWatch
from lienthong.settings import DEFAULT_HALT_AFTER
from lienthong.topology import quarantine_queue

POLL_INTERVAL = timedelta(seconds=0.2)
"""How long one call waits for a delivery. A worker notices a stop within this time."""

__all__ = ["POLL_INTERVAL", "RETRY_DELAY", "Observe", "Worker", "ignore"]

NO_OUTCOMES: Sequence[Outcome] = ()

log = structlog.get_logger(__name__)


class Worker:
    """Serves one stage, or the quarantine queue of one. Start `run`; any number of workers may serve the same stage."""

    def __init__(
        self,
        stage: Stage,
        *,
        broker: Broker,
        ledger: Ledger,
        clock: Clock,
        observe: Observe = ignore,
        breaker: CircuitBreaker | None = None,
        halt_after: int | None = DEFAULT_HALT_AFTER,
        quarantine: bool = False,
        crash_markers: CrashMarkers | None = None,
        admission: Admission | None = None,
    ) -> None:
        """`admission`: which deliveries are attempted; all of them when None."""
        self.name = stage.name
        self._stage = stage
        self._broker = broker
        self._ledger = ledger
        self._clock = clock
        self._observe = observe
        self._breaker = breaker or CircuitBreaker(stage=stage.name)
        self._halt = HaltGuard(stage.name, halt_after)
        self.watch = StageWatch(stage.name, clock, self._breaker)
        self.times = StageTimes(stage.name)
        self._outage = OutageLog("ledger or broker", stage=stage.name)
        self._quarantine = quarantine
        self._admission = admission
        self.handling = HandlingClock()
        self._crash_markers: CrashMarkers = crash_markers or NoCrashMarkers()

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; the current delivery is finished first. Raises `Halted`: see `HaltGuard`."""
        self._halt.reset()
        self.watch.note_start()
        try:
            with closing(self._open_consumer()) as consumer:
                while not stop.is_set():
                    if pause := self._breaker.pause():
                        stop.wait(min(pause, POLL_INTERVAL.total_seconds()))
                    else:
                        self.serve_next(consumer, stop)
        except Halted as halt:  # noted when the consumer is closed: who sees it may resume the stage at once
            self.watch.note_halt(halt.args[0])
            raise

    def serve_next(self, consumer: Consumer, stop: threading.Event) -> None:
        """Process the next delivery, if one comes soon. The order of the steps is the delivery guarantee.

        We do not move events we cannot account for: while the ledger or the broker does not answer, the worker waits
        and acks nothing. A delivery that is not acked comes back. Raises `Halted` after the ack.
        """
        delivery = consumer.next(POLL_INTERVAL)  # consume
        if delivery is None:
            return
        admitted = self._admission.admit(delivery, stop) if self._admission else (delivery.bundle,)
        if admitted is None:
            return
        key = marker_key(self._stage.name, delivery.bundle)
        crashes = self._crashes(delivery, key)
        parts = deque(part for bundle in admitted for part in self._divide(bundle, crashes))
        with self.handling:
            verdicts = self._work_through(parts, key, stop)
        if verdicts is None:
            return
        if crashes:
            self._crash_markers.clear(key)
        delivery.ack()  # ack
        self._halt.check(verdicts)

    def _work_through(self, parts: deque[Part], key: str, stop: threading.Event) -> Sequence[Verdict] | None:
        """The verdicts on all parts; None when `stop` was set while the ledger or the broker did not answer."""
        verdicts: list[Verdict] = []
        while parts:
            part, outcomes, began = self._check_breaker(parts.popleft()), NO_OUTCOMES, now()
            try:
                with self._crash_markers.mark(key), self._ledger.transaction() as transaction:
                    outcomes = self._attempt(part, transaction)  # attempt
                    effects = self._plan(part, outcomes)
                    written = transaction.record(effects.entries, effects.letters)  # record
                    effects = effects_of_written(part, effects, written, self._stage)
                    handed_back = receive_follow_ups(self._stage, effects, transaction)
                    # publish, confirmed; then commit
                    publish_effects(self._stage, effects, transaction=transaction, broker=self._broker)
            except RecordedBefore as repeated:
                parts.extendleft(repeated.left)
            except Transient as down:
                self._outage.note_failure(down.why)
                parts.appendleft(part)
                if stop.wait(RETRY_DELAY.total_seconds()):
                    return None
            except Exception as error:  # noqa: BLE001 - whatever one event causes stops no other
                parts.extendleft(reversed(self._after_error(part, error, outcomes)))
            else:
                self._outage.note_success()
                self._observe(written)
                pass_on_follow_ups(self._stage, handed_back)
                log_deaths(effects.letters)
                self.watch.note_waits(effects.bundles, effects.entries)
                self.times.note(part.bundle, written, began)
                verdicts += [entry.verdict for entry in effects.entries]
        return verdicts

    def _open_consumer(self) -> Consumer:
        if self._quarantine:
            return self._broker.consume(quarantine_queue(self._stage.name), prefetch=1)
        return DeliveryBatcher(self._broker.consume(self._stage.name))

    def _crashes(self, delivery: Delivery, key: str) -> int:
        """The number of workers that died while they handled exactly these events. Only a redelivery can have any."""
        return self._crash_markers.count(key) if delivery.redelivered else 0

    def _divide(self, bundle: Bundle, crashes: int) -> Sequence[Part]:
        """The parts of a delivery: see `quarantine` for events that killed a worker, `CircuitBreaker` for the probe."""
        if crashes and not self._quarantine:
            log.warning("a worker died over a bundle", stage=self._stage.name, events=len(bundle.envelopes))
            return [Part(bundle, outcomes=(), to_quarantine=True)]
        if crashes >= MAX_SOLO_CRASHES:
            log.error("an event kills workers", stage=self._stage.name, event_id=bundle.envelopes[0].id)
            return [Part(bundle, [poison()] * len(bundle.envelopes))]
        if self._breaker.is_open and len(bundle.envelopes) > 1:
            return probe_and_rest(bundle, self._breaker.failed_probes)
        return [Part(bundle)]

    def _check_breaker(self, part: Part) -> Part:
        """Events behind a probe that failed wait, without an attempt."""
        if part.behind_probe and self._breaker.is_open:
            why = message("the target is down; it is probed with single events")
            return Part(part.bundle, [Later(why)] * len(part.bundle.envelopes))
        return part

    def _attempt(self, part: Part, transaction: Transaction) -> Sequence[Outcome]:
        if part.outcomes is not None:
            return part.outcomes
        if part.unreadable:
            return set_unreadable_aside(part, self._broker, self._ledger)
        outcomes = handle_in_span(self._stage, part.bundle.envelopes, transaction)
        return self._breaker.record(outcomes, part.bundle.envelopes, in_order=self._stage.name.startswith("sink."))

    def _plan(self, part: Part, outcomes: Sequence[Outcome]) -> Effects:
        if part.to_quarantine:
            return Effects(split_for_quarantine(part.bundle), (), (), ())
        if part.unreadable:
            part = replace(part, bundle=part.without_data())
            if not outcomes:
                return NO_EFFECTS
        spend = not (self._halt.note(outcomes) or self._breaker.is_open)
        return plan_effects(self._stage, part.bundle, outcomes, now=self._clock.now(), spend_attempt=spend)

    def _after_failure(self, part: Part, failure: SinkFailure) -> Sequence[Part]:
        """What to do after the transaction was rolled back.

        A transient failure makes all events wait. For any other, and where the target has just answered again, the
        bundle is halved until the guilty event is alone; then this event waits for its next attempt.
        """
        bundle, outcome = part.bundle, failure.outcome()
        if not failure.is_transient:
            if len(bundle.envelopes) > 1:
                return part.halves()
            log.warning("sink failed", stage=self._stage.name, error=type(failure.cause).__name__, why=outcome.why)
        elif not outcome.outage:
            self._breaker.record_failure(outcome.why)
        elif len(bundle.envelopes) == 1:
            outcome = self._breaker.judge(bundle.envelopes[0], outcome)
        elif self._breaker.has_just_closed:
            return part.behind_each_other()
        else:
            self._breaker.record_outage(outcome.why)
        return [Part(bundle, [outcome] * len(bundle.envelopes))]

    def _after_error(self, part: Part, error: Exception, outcomes: Sequence[Outcome]) -> Sequence[Part]:
        """What to do after an error of the stage, or of the database over one event's data. All was rolled back.

        `outcomes` are those of the attempt, when the error came after it.

        The bundle is halved until the guilty event is alone; this event is dead, and all the others go on. When even
        its death cannot be recorded, the error ends this worker's thread: see `Runner`.
        """
        bundle = part.bundle
        if isinstance(error, EventsTooLarge) and (outcomes or part.to_quarantine):
            return parts_after_refusal(part, outcomes, error, stage=self._stage)
        cause = error.cause if isinstance(error, SinkFailure) else error
        if isinstance(cause, UnreadableData):
            return part.halves() if len(bundle.envelopes) > 1 else [Part(bundle, unreadable=str(cause))]
        if isinstance(error, SinkFailure):
            return self._after_failure(part, error)
        log.exception("undeclared error", stage=self._stage.name, events=len(bundle.envelopes))
        if len(bundle.envelopes) > 1 and not part.to_quarantine:
            return part.halves()
        if part.condemned or part.to_quarantine:
            raise error
        name = type(error).__name__
        why = message("undeclared error while the event was handled: {error}", error=name)
        return [Part(bundle, [Dead(why, error=name)], condemned=True)]
