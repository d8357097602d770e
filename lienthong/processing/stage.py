"""A stage: a queue, a handler for the events in it, and a retry policy. Routes and sinks are both stages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lienthong.data import spans
from lienthong.data.trace_context import on_behalf_of
from lienthong.envelope import Envelope
from lienthong.errors import LienthongError, Transient, pass_interrupt_on
from lienthong.masking import NO_PERSONAL_KEYS, PersonalKeys
from lienthong.messages import message
from lienthong.outcome import OUTCOMES, Dead, Done, Later, Outcome
from lienthong.ports import Sink, Transaction
from lienthong.processing.follow_ups import FollowUps
from lienthong.retry import RetryPolicy


class BrokenSink(LienthongError):  # noqa: N818 - reads as a statement
    """A sink returned something else than one outcome for each event, which is a mistake in its code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class SinkFailure(Exception):  # noqa: N818 - a signal to the worker, not an error that is reported
    """A sink raised `cause` instead of returning outcomes.

    `is_transient`: whether it raised `Transient`. Then every event of the bundle waits. Otherwise the worker looks for
    the guilty event.
    """

    def __init__(self, cause: BaseException) -> None:
        super().__init__(type(cause).__name__)  # the text of an undeclared exception may fail itself
        self.cause = cause
        self.is_transient = isinstance(cause, Transient)

    def outcome(self) -> Later:
        """The outcome of every event of the bundle when the failure is transient, or of the guilty one."""
        if isinstance(self.cause, Transient):
            return Later(self.cause.why, self.cause.after, outage=self.cause.outage)
        if isinstance(self.cause, BrokenSink):
            return Later(self.cause.why)
        return Later(message("undeclared error during delivery: {error}", error=type(self.cause).__name__))


class Handler(Protocol):
    """The work of a stage: it returns one outcome for each envelope, in their order.

    A sink's handler may write through `transaction`, and raises `SinkFailure` instead of any other exception.
    """

    def __call__(self, envelopes: Sequence[Envelope], transaction: Transaction, /) -> Sequence[Outcome]: ...


class RouteWork(Protocol):
    """What a route does with its events. It raises nothing: see `Pipeline`."""

    def run(self, envelopes: Sequence[Envelope]) -> list[Outcome]: ...


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage. `name` is also the name of its queue.

    - `to`: the stages that its events go on to; none for a sink.
    - `announce`: also publish its events to subscribers. `keep`: and keep them in the ledger for subscriptions.
    - `follow_ups`: receives what a sink hands back; None where no route takes it.
    - `is_undone`: all that its sink does is undone with the transaction, so it may be done again.
    - `personal`: keys of personal data, whose values are removed from the reasons of dead events.
    """

    name: str
    handle: Handler
    retry: RetryPolicy
    to: tuple[str, ...] = ()
    announce: bool = False
    personal: PersonalKeys = field(default_factory=dict)
    follow_ups: FollowUps | None = None
    is_undone: bool = False
    keep: bool = True

    def destinations(self, done: Done) -> tuple[str, ...]:
        """The stages that an event goes on to: those of `to` that its outcome names, or all when it names none."""
        return tuple(name for name in self.to if name in done.to) if done.to else self.to


def route_stage(
    name: str,
    pipeline: RouteWork,
    *,
    retry: RetryPolicy,
    to: tuple[str, ...],
    announce: bool,
    keep: bool = True,
    personal: PersonalKeys = NO_PERSONAL_KEYS,
) -> Stage:
    """The stage of a route. Its handler raises nothing."""

    def handle(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        return pipeline.run(envelopes)

    return Stage(name, handle, retry, to, announce, personal, keep=keep)


def sink_stage(name: str, sink: Sink, retry: RetryPolicy, *, personal: PersonalKeys = NO_PERSONAL_KEYS) -> Stage:
    """The stage of a sink. Its handler raises `SinkFailure` for whatever the sink raises or returns by mistake."""

    def handle(envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        try:
            with spans.delivering(name, envelopes), on_behalf_of(envelopes):
                outcomes = sink.deliver(envelopes, transaction)
            _check_outcomes(outcomes, len(envelopes))
        except BaseException as error:  # a sink that wants to end the process costs its own events
            pass_interrupt_on(error)
            raise SinkFailure(error) from error
        return outcomes

    return Stage(name, handle, retry, personal=personal, is_undone=getattr(sink, "reaches_outside", None) is False)


def handle_in_span(stage: Stage, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
    """The outcomes of a bundle, recorded as one span: a failure with the kind of error of its first dead event."""
    with spans.processing(stage.name, envelopes) as span:
        outcomes = stage.handle(envelopes, transaction)
        if span.trace and (error := next((one.error for one in outcomes if isinstance(one, Dead)), None)):
            span.fail(error)
        return outcomes


def _check_outcomes(outcomes: object, expected: int) -> None:
    """Raise `BrokenSink` unless these are `expected` outcomes."""
    if not isinstance(outcomes, Sequence):
        raise BrokenSink(message("the sink returned {kind} instead of outcomes", kind=type(outcomes).__name__))
    if len(outcomes) != expected or not all(isinstance(one, OUTCOMES) for one in outcomes):
        raise BrokenSink(message("the sink did not return one outcome for each of {events} events", events=expected))
