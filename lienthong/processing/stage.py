"""A stage: a queue, a handler for the events in it, and a retry policy. Routes and sinks are both stages.

`plan_effects` works out what the outcomes of a bundle lead to, without a broker or a database; the worker then does it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.ledger.records import DeadLetter, Entry, Verdict
from lienthong.messages import in_ledger_language
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.ports import Sink, Transaction
from lienthong.processing.pipeline import Pipeline
from lienthong.retry import RetryPolicy


class SinkFailure(Exception):  # noqa: N818 - it is not an error of the house but one it caught
    """A sink raised. `transient` when it said that it is the world's fault; then the whole bundle waits."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.transient = isinstance(cause, Transient)

    def outcome(self) -> Later:
        """What the fault means for an event that was alone in its bundle, or for all when it is transient."""
        if isinstance(self.cause, Transient):
            return Later(self.cause.why, self.cause.after)
        return Later(f"lỗi chưa khai báo khi giao: {type(self.cause).__name__}")


class Handler(Protocol):
    """What is done with the envelopes of a bundle: one outcome each, in their order."""

    def __call__(self, envelopes: Sequence[Envelope], transaction: Transaction, /) -> Sequence[Outcome]: ...


@dataclass(frozen=True, slots=True)
class Stage:
    """`name` is the queue's name too. `to` names the stages that what is done goes on to; none for a sink."""

    name: str
    handle: Handler
    retry: RetryPolicy
    to: tuple[str, ...] = ()
    announce: bool = False

    def destinations(self, done: Done) -> tuple[str, ...]:
        """The stages that an event goes on to: those its outcome chose among `to`, or all of them. None for a sink."""
        return tuple(name for name in self.to if name in done.to) if done.to else self.to


def route_stage(name: str, pipeline: Pipeline, retry: RetryPolicy, to: tuple[str, ...], *, announce: bool) -> Stage:
    """A route's work. Its transforms are pure, so a fault of theirs is final; the pipeline says so itself."""

    def handle(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        return pipeline.run(envelopes)

    return Stage(name, handle, retry, to, announce)


def sink_stage(name: str, sink: Sink, retry: RetryPolicy) -> Stage:
    """A sink's work. What it raises is a `SinkFailure`: the outside world's errors are tried again."""

    def handle(envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        try:
            return sink.deliver(envelopes, transaction)
        except Exception as error:
            raise SinkFailure(error) from error

    return Stage(name, handle, retry)


@dataclass(frozen=True, slots=True)
class Effects:
    """What must now be published, announced, written to the ledger and parked."""

    bundles: Sequence[Bundle]
    announce: Sequence[Envelope]
    entries: Sequence[Entry]
    letters: Sequence[DeadLetter]

    def limited_to(self, written: Sequence[Entry]) -> "Effects":
        """The effects of those events whose entry was written.

        The others are late: another attempt was recorded before, and has published what there was to publish.
        """
        if len(written) == len(self.entries):
            return self
        new = {entry.event_id for entry in written}
        kept = ((bundle, tuple(e for e in bundle.envelopes if e.id in new)) for bundle in self.bundles)
        return Effects(
            [replace(bundle, envelopes=envelopes) for bundle, envelopes in kept if envelopes],
            [envelope for envelope in self.announce if envelope.id in new],
            [entry for entry in self.entries if entry.event_id in new],
            [letter for letter in self.letters if letter.envelope.id in new],
        )


def plan_effects(
    stage: Stage, bundle: Bundle, outcomes: Sequence[Outcome], now: datetime, *, spend_attempt: bool = True
) -> Effects:
    """What the outcomes of a bundle lead to. There must be one outcome for each envelope, in their order.

    Without `spend_attempt`, events that wait keep their attempt number and never die of waiting: the target is known
    to be down, which is not their fault.
    """
    onward: list[Envelope] = []
    narrowed = False
    waiting: dict[timedelta, list[Envelope]] = defaultdict(list)
    entries: list[Entry] = []
    letters: list[DeadLetter] = []
    attempt = bundle.attempt if spend_attempt else 1
    for envelope, outcome in zip(bundle.envelopes, outcomes, strict=True):
        final = _with_wait(stage.retry, attempt, outcome, may_die=spend_attempt)
        match final:
            case Done(envelope=result, note=note):
                onward.append(result)
                narrowed = narrowed or bool(final.to)
                to = stage.destinations(final) if narrowed else stage.to
                entries.append(_entry(stage, bundle, envelope, "done", note, to=to))
            case Dropped(why=why):
                entries.append(_entry(stage, bundle, envelope, "dropped", why))
            case Later(why=why, delay=delay):
                waiting[delay or timedelta(0)].append(envelope)
                entries.append(_entry(stage, bundle, envelope, "later", why))
            case Dead(why=why):
                entries.append(_entry(stage, bundle, envelope, "dead", why))
                letters.append(_letter(stage, bundle, envelope, final, now))
    done = tuple(onward)
    bundles = _for_sinks(stage.to, done, entries if narrowed else None)
    next_attempt = bundle.attempt + 1 if spend_attempt else bundle.attempt
    bundles += [
        Bundle(stage.name, tuple(envelopes), bundle.turn + 1, next_attempt, wait) for wait, envelopes in waiting.items()
    ]
    return Effects(bundles, done if stage.announce else (), entries, letters)


def _for_sinks(to: Sequence[str], done: tuple[Envelope, ...], entries: Sequence[Entry] | None) -> list[Bundle]:
    """One bundle for each sink that receives any of the events; `entries` where some of them do not go to all sinks.

    Without conditions all bundles share one tuple, so that its body is written once.
    """
    if entries is None:
        return [Bundle(name, done) for name in to if done]
    destinations = [entry.to for entry in entries if entry.verdict == "done"]
    bundles = []
    for name in to:
        received = tuple(envelope for envelope, chosen in zip(done, destinations, strict=True) if name in chosen)
        if received:
            bundles.append(Bundle(name, done if len(received) == len(done) else received))
    return bundles


def _with_wait(retry: RetryPolicy, attempt: int, outcome: Outcome, *, may_die: bool) -> Outcome:
    """A `Later` with the wait it gets, or a `Dead` when there is to be no further try."""
    if not isinstance(outcome, Later):
        return outcome
    wait = retry.wait_after(attempt, requested=outcome.delay)
    if wait is None and not may_die:
        wait = retry.rungs[-1]
    if wait is None:
        return Dead(f"đã thử {attempt} lần không được; lần cuối: {outcome.why}", error="RetriesExhausted")
    return Later(outcome.why, wait)


def _entry(
    stage: Stage, bundle: Bundle, envelope: Envelope, verdict: Verdict, reason: str, *, to: tuple[str, ...] = ()
) -> Entry:
    return Entry(
        envelope.id,
        envelope.source,
        envelope.subject,
        envelope.received_at,
        stage.name,
        bundle.turn,
        verdict,
        in_ledger_language(reason),
        to,
    )


def _letter(stage: Stage, bundle: Bundle, envelope: Envelope, dead: Dead, now: datetime) -> DeadLetter:
    return DeadLetter(
        0,
        envelope,
        stage.name,
        bundle.turn,
        bundle.attempt,
        dead.error,
        dead.field,
        in_ledger_language(dead.why),
        died_at=now,
    )
