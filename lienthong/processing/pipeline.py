"""The work of a route on a bundle: its condition, its steps in order, and the choice of its sinks."""

from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile

from lienthong.data.unreadable import UNREADABLE_KEY, fault_of
from lienthong.envelope import Envelope
from lienthong.messages import message
from lienthong.outcome import Dead, Done, Dropped, Outcome
from lienthong.processing.condition import Condition, Undecided
from lienthong.processing.sink_selection import SinkSelection
from lienthong.processing.steps import ApplyStep, EnrichStep, Numbered, Outcomes

CHUNK_SIZE = 64
"""Events that pass one step before any of them takes the next: this keeps the code of a step in the caches of the CPU.

A condition costs 3 µs an event this way, and 12 µs when conditions and transforms alternate (ADR 14). A chunk is small,
so that few decoded events are in memory at a time.
"""


class Pipeline:
    """Gives one outcome for each envelope, in their order. It raises nothing: only the guilty event fails.

    - Data that its source could not read (see `unreadable`) is `Dead`, before anything looks at it.
    - The condition sees the event as received. False drops the event; a condition that cannot be decided is `Dead`.
    - A step that returns None drops the event. A step that raises `Rejected` or any undeclared exception makes it
      `Dead` at once: pure code would fail again.
    - A lookup that raises `Transient` makes the events wait that asked it. When it raises an undeclared exception, it
      is asked again for each event alone, and an event without an answer waits: a lookup is I/O, not pure code.
    - A lookup with a budget is waited for no longer than that; `NotKnown` stands for an answer that does not come.
    - `sinks`, when the sinks of a route have conditions, chooses among them. It sees the event after the steps.
    """

    def __init__(
        self, when: Condition | None, steps: Sequence[ApplyStep | EnrichStep], sinks: SinkSelection | None = None
    ) -> None:
        self._filter = None if when is None else _Filter(when)
        self._sinks = sinks
        leading = takewhile(lambda step: isinstance(step, ApplyStep), steps)
        self._leading_steps = tuple(step for step in leading if isinstance(step, ApplyStep))
        self._other_steps = tuple(steps[len(self._leading_steps) :])

    def run(self, envelopes: Sequence[Envelope]) -> list[Outcome]:
        """Run a bundle through the condition and the steps. Every step keeps the id of an event."""
        outcomes: Outcomes = {}
        numbered = list(enumerate(envelopes))
        events: list[Numbered] = []
        for start in range(0, len(numbered), CHUNK_SIZE):
            events += self._run_leading_steps(numbered[start : start + CHUNK_SIZE], outcomes)
        for step in self._other_steps:
            events = step.run(events, outcomes) if isinstance(step, EnrichStep) else _each(step.run, events, outcomes)
        for position, envelope in events:
            outcomes[position] = self.choose(envelope)
        return [outcomes[position] for position in range(len(envelopes))]

    def choose(self, envelope: Envelope) -> Outcome:
        """The outcome of an event after the steps: it goes on to the sinks that receive it."""
        return Done(envelope) if self._sinks is None else self._sinks.outcome(envelope)

    def _run_leading_steps(self, chunk: Iterable[Numbered], outcomes: Outcomes) -> list[Numbered]:
        """Run a chunk through the condition and the steps before the first lookup.

        The data of a chunk is decoded here, and freed when the steps have made smaller data of it.
        """
        events = [(position, envelope.decoded()) for position, envelope in chunk]
        if any(UNREADABLE_KEY in envelope.data for _, envelope in events):
            events = _each(_readable, events, outcomes)
        if self._filter is not None:
            events = _each(self._filter.run, events, outcomes)
        for step in self._leading_steps:
            events = _each(step.run, events, outcomes)
        return events


def _readable(envelope: Envelope) -> Envelope | Outcome:
    if UNREADABLE_KEY not in envelope.data:
        return envelope
    reason, field = fault_of(envelope.data)
    return Dead(reason, error="Unreadable", field=field)


class _Filter:
    """The condition `when` of a route."""

    def __init__(self, when: Condition) -> None:
        self._when = when
        why = message("the condition `when` does not hold: {expression}", expression=when.expression)
        self._dropped = Dropped(why)  # the same for every event, so it is built once

    def run(self, envelope: Envelope) -> Envelope | Outcome:
        try:
            return envelope if self._when.holds(envelope) else self._dropped
        except Undecided as undecided:
            why = message(
                "the condition `when` cannot be decided: {expression} ({why})",
                expression=self._when.expression,
                why=undecided.why,
            )
            return Dead(why, undecided.error, undecided.field)


def _each(
    work: Callable[[Envelope], Envelope | Outcome], events: Iterable[Numbered], outcomes: Outcomes
) -> list[Numbered]:
    """The events that `work` passes on. The outcomes of the others are put into `outcomes`."""
    passed: list[Numbered] = []
    for position, envelope in events:
        result = work(envelope)
        if isinstance(result, Envelope):
            passed.append((position, result))
        else:
            outcomes[position] = result
    return passed
