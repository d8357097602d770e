"""The protections of a stage: a circuit breaker for a target that is down, a halt when every event dies."""

import time
from collections import deque
from collections.abc import Callable, Sequence

import structlog

from lienthong.envelope import Envelope
from lienthong.errors import LienthongError
from lienthong.ledger.records import Verdict
from lienthong.messages import message, message_n
from lienthong.outcome import Later, Outcome
from lienthong.processing.suspects import Suspects

TRIP_AFTER = 3
"""The number of bundles in a row, without one event delivered, after which the breaker opens in any case."""

PROBE_PAUSES = (1.0, 5.0, 15.0, 60.0)
"""Seconds before each probe; the last one repeats. They are short, so that no broker gives unacked bundles up."""

FLAPS, FLAP_SECONDS = 3, 600.0
"""Outages that ended within so many seconds, after which a failure is no longer taken for one at once: where others are
delivered in between, the reason is an event, whose attempts must count."""

log = structlog.get_logger(__name__)


class CircuitBreaker:
    """Stops a stage from trying event after event while its target is down.

    It opens at the first failure that is the target's: the target raised `Transient`, or every one of several events
    waits. After that, or after `TRIP_AFTER` failures of other kinds in a row, the stage stops consuming and, after a
    pause, probes the target with one event. While it is open no event spends an attempt, because the outage is not the
    fault of the events. One event that is delivered closes it. An outage is logged when it begins and when it ends.

    An event of a sink at which the target seems to be down, while others are delivered between its tries, is itself
    the reason: it opens nothing and spends its attempts, see `judge`.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, *, stage: str = "") -> None:
        self._monotonic = monotonic
        self._stage = stage
        self._failures = 0
        self._tries = 0
        self._is_open = False
        self._probe_at = 0.0
        self._opened_at = 0.0
        self._closings: deque[float] = deque(maxlen=FLAPS)
        self._suspects = Suspects()
        self.why = ""

    @property
    def is_open(self) -> bool:
        """Whether the target is considered down. Then the next event is a probe."""
        return self._is_open

    @property
    def failed_probes(self) -> int:
        """The number of probes that failed since it opened."""
        return self._tries if self.is_open else 0

    @property
    def has_just_closed(self) -> bool:
        """Whether the target answered again lately: what looks like its next outage may be the fault of one event."""
        closed_at = self._closings[-1] if self._closings else None
        return not self.is_open and closed_at is not None and self._monotonic() - closed_at < FLAP_SECONDS

    def pause(self) -> float:
        """Seconds until the stage may consume again; 0 when it may."""
        return max(0.0, self._probe_at - self._monotonic()) if self.is_open else 0.0

    def open_for(self) -> float | None:
        """Seconds since the target is considered down; None when it is not."""
        return self._monotonic() - self._opened_at if self.is_open else None

    def record(
        self, outcomes: Sequence[Outcome], envelopes: Sequence[Envelope] = (), *, in_order: bool = True
    ) -> Sequence[Outcome]:
        """Count the outcomes of an attempt, and return them. That of an event which is alone may be another: `judge`.

        `in_order`: the events were delivered one after the other, so an outage at the end is one of the target,
        whatever was delivered before it. The events of a route are not: some ask a lookup, others do not.
        """
        last = outcomes[-1] if outcomes else None
        if not isinstance(last, Later):
            self.record_success()
            return outcomes
        if last.halt:  # the target answers, and the stage stops: nothing is probed
            return outcomes
        if in_order and last.outage and len(envelopes) == 1:
            return [self.judge(envelopes[0], last)]
        all_wait = all(isinstance(outcome, Later) for outcome in outcomes)
        if not all_wait:
            self.record_success()
        if in_order and last.outage:
            self.record_outage(last.why)
        elif all_wait:
            self.record_failure(last.why, outage=last.outage or len(outcomes) > 1)
        return outcomes

    def judge(self, envelope: Envelope, later: Later) -> Later:
        """Count a try of one event at which the target seemed to be down. What is returned is its outcome.

        It is the target's outage, unless others were delivered since the last such try of this event, and nothing has
        failed after them. Then the event alone is at fault.
        """
        if not self._suspects.is_guilty(envelope.id) or self.is_open:
            self.record_outage(later.why)
            return later
        log.warning("an event fails while others are delivered", stage=self._stage, event_id=envelope.id, why=later.why)
        why = message("the target takes other events, but fails at this one: {why}", why=later.why)
        return Later(why, later.delay)

    def record_failure(self, why: str = "", *, outage: bool = False) -> None:
        """Count an attempt at which nothing was delivered. `why` is what the target answered."""
        self._failures += 1
        self.why = why
        if self.is_open or self._failures >= TRIP_AFTER or (outage and not self._is_flapping()):
            self.record_outage(why)

    def record_outage(self, why: str) -> None:
        """Open, or go on to the next probe: the target does not answer."""
        self.why = why
        if self.is_open:
            self._tries += 1
        else:
            self._is_open, self._tries, self._opened_at = True, 0, self._monotonic()
            log.error("target is down; its events wait and spend no attempt", stage=self._stage, why=why)
        self._probe_at = self._monotonic() + PROBE_PAUSES[min(self._tries, len(PROBE_PAUSES) - 1)]

    def record_success(self) -> None:
        """Close the breaker: something was delivered."""
        if self.is_open:
            seconds = round(self._monotonic() - self._opened_at, 1)
            log.warning(
                "target answers again", stage=self._stage, seconds=seconds, failed_probes=self._tries, lost="nothing"
            )
            self._closings.append(self._monotonic())
        self._suspects.note_answer()
        self._failures = 0
        self._is_open = False
        self.why = ""

    def _is_flapping(self) -> bool:
        return len(self._closings) == FLAPS and self._monotonic() - self._closings[0] < FLAP_SECONDS


class Halted(LienthongError):  # noqa: N818 - the state of a stage
    """A stage stopped because all its events became dead letters."""

    def __init__(self, why: str, *, stage: str = "") -> None:
        super().__init__(why)
        self.stage = stage


class HaltGuard:
    """Counts dead letters in a row, and halts the stage at `limit`. None never halts it.

    More work would only make more dead letters. It also halts the stage when a sink requests it (`Later.halt`).
    """

    def __init__(self, stage: str, limit: int | None) -> None:
        self._stage = stage
        self._limit = limit
        self._in_a_row = 0
        self._refusal = ""

    def reset(self) -> None:
        """Begin to count anew: an operator resumes the stage."""
        self._in_a_row = 0
        self._refusal = ""

    def note(self, outcomes: Sequence[Outcome]) -> bool:
        """Whether the last outcome asks for a halt, because the target refuses us. Then `check` raises it."""
        last = outcomes[-1] if outcomes else None
        if isinstance(last, Later) and last.halt:
            self._refusal = last.why
        return bool(self._refusal)

    def check(self, verdicts: Sequence[Verdict]) -> None:
        """Count the verdicts on a bundle, in their order. Raises `Halted` at the limit, and after a refusal."""
        if self._refusal:
            why, self._refusal = self._refusal.rstrip("."), ""
            raise Halted(
                message(
                    "The stage {stage} stopped because its target refuses what it is given: {why}. Nothing is lost. "
                    "Remove the cause, then `lienthong resume {stage}`.",
                    stage=self._stage,
                    why=why,
                ),
                stage=self._stage,
            )
        for verdict in verdicts:
            self._in_a_row = self._in_a_row + 1 if verdict == "dead" else 0
            if self._limit is not None and self._in_a_row >= self._limit:
                raise Halted(
                    message_n(
                        "The stage {stage} stopped after {count} dead letter in a row. "
                        "See `lienthong dead groups`, remove the cause, then `lienthong resume {stage}`.",
                        "The stage {stage} stopped after {count} dead letters in a row. "
                        "See `lienthong dead groups`, remove the cause, then `lienthong resume {stage}`.",
                        count=self._limit,
                        stage=self._stage,
                    ),
                    stage=self._stage,
                )
