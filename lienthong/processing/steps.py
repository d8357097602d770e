"""The steps of a route, bound to their functions: what each makes of an event, and what its failures mean."""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence

import structlog

from lienthong.data.trace_context import on_behalf_of
from lienthong.envelope import Envelope
from lienthong.errors import NotAccepted, Rejected, TooOften, Transient, pass_interrupt_on
from lienthong.messages import message
from lienthong.outcome import OUTCOMES, Dead, Dropped, Later, Outcome
from lienthong.ports import Found, Lookup
from lienthong.processing.askers import Find
from lienthong.processing.budget import Budget

log = structlog.get_logger(__name__)

Numbered = tuple[int, Envelope]
"""An event with its position in the bundle."""

Outcomes = dict[int, Outcome]
"""Outcomes by the position of their events in the bundle."""

_NOTHING_FOUND: Found = {}
_Query = tuple[int, Envelope, Sequence[str]]  # the keys that one event asks a lookup for


class ApplyStep:
    """A step that applies `function` to each event. `name` is the whole Python name of the function."""

    def __init__(self, name: str, function: Callable[[Envelope], Envelope | None]) -> None:
        self.name = name
        self._function = function
        self._dropped = _dropped_by(name)

    def run(self, envelope: Envelope) -> Envelope | Outcome:
        """The event in its next shape, or its outcome when it ends here. Raises nothing."""
        try:
            result = self._function(envelope)
        except BaseException as error:  # noqa: BLE001 - whatever a step raises, only this event may be stopped by it
            pass_interrupt_on(error)
            return _dead_of(self.name, envelope, error)
        return _checked(self.name, envelope, result, self._dropped)


class EnrichStep:
    """A step that applies `function` to each event and the answer of a lookup.

    The lookup is asked once for the keys of all events of the bundle. `budget`: how long its answer is waited for.
    """

    def __init__(
        self,
        name: str,
        keys: Callable[[Envelope], Sequence[str]],
        lookup_name: str,
        lookup: Lookup,
        function: Callable[[Envelope, Found], Envelope | None],
        *,
        budget: Budget | None = None,
    ) -> None:
        self.name = name
        self._keys = keys
        self._lookup_name = lookup_name
        self._lookup = lookup
        self._function = function
        self._budget = budget
        self._dropped = _dropped_by(name)

    def run(self, events: Iterable[Numbered], outcomes: Outcomes) -> list[Numbered]:
        """The events that go on, in their next shape. The outcomes of the others are put into `outcomes`."""
        queries: list[_Query] = []
        for position, envelope in events:
            try:
                queries.append((position, envelope, tuple(self._keys(envelope))))
            except BaseException as error:  # noqa: BLE001 - see ApplyStep.run
                pass_interrupt_on(error)
                outcomes[position] = _dead_of(self.name, envelope, error)
        answers = self._ask(queries)
        passed: list[Numbered] = []
        for position, envelope, _ in queries:
            result = self._apply(envelope, answers[position])
            if isinstance(result, Envelope):
                passed.append((position, result))
            else:
                outcomes[position] = result
        return passed

    def _apply(self, envelope: Envelope, answer: Found | Outcome) -> Envelope | Outcome:
        if isinstance(answer, OUTCOMES):
            return answer
        try:
            result = self._function(envelope, answer)
        except BaseException as error:  # noqa: BLE001 - see ApplyStep.run
            pass_interrupt_on(error)
            return _dead_of(self.name, envelope, error)
        return _checked(self.name, envelope, result, self._dropped)

    def _ask(self, queries: Sequence[_Query]) -> Mapping[int, Found | Outcome]:
        """By position, the answer of the lookup, or the outcome of an event that got none.

        The lookup is asked once, and not at all when no event has a key.
        """
        keys = list(dict.fromkeys(key for _, _, keys in queries for key in keys))
        if not keys:
            return dict.fromkeys((position for position, _, _ in queries), _NOTHING_FOUND)
        find = self._lookup.find_many if self._budget is None else self._budget.begin(self._lookup.find_many)
        answer: Found | Outcome
        try:
            with on_behalf_of([envelope for _, envelope, _ in queries], _asking(queries)):
                answer = find(keys)
        except Transient as transient:
            answer = self._not_known(transient)
        except BaseException as error:  # noqa: BLE001 - a connector may fail in any way; asking for each event finds the guilty one
            pass_interrupt_on(error)
            return {
                position: self._ask_alone(find, envelope, keys) if keys else _NOTHING_FOUND
                for position, envelope, keys in queries
            }
        return {position: answer if keys else _NOTHING_FOUND for position, _, keys in queries}

    def _ask_alone(self, find: Find, envelope: Envelope, keys: Sequence[str]) -> Found | Outcome:
        try:
            with on_behalf_of([envelope], dict.fromkeys(keys, envelope)):
                return find(keys)
        except Transient as transient:
            return self._not_known(transient)
        except Rejected as rejected:
            return Dead(rejected.why, field=rejected.field)
        except BaseException as error:  # noqa: BLE001 - see _ask; a lookup is I/O, so the event waits and is tried again
            pass_interrupt_on(error)
            why = message(
                "the lookup `{lookup}` failed with the undeclared error {error} at {place}",
                lookup=self._lookup_name,
                error=type(error).__name__,
                place=_log_failure(self._lookup_name, envelope, error),
            )
            return Later(why)

    def _not_known(self, transient: Transient) -> Later:
        why = message("the lookup `{lookup}` gave no answer: {why}", lookup=self._lookup_name, why=transient.why)
        return Later(why, transient.after, outage=transient.outage)


def _asking(queries: Sequence[_Query]) -> Mapping[str, Envelope]:
    """The traced event that asks for each key."""
    return {key: envelope for _, envelope, keys in reversed(queries) if envelope.trace for key in keys}


def _dropped_by(step: str) -> Dropped:
    """The outcome of an event that the step drops. It is the same for every event, so a step builds it once."""
    return Dropped(message("the step `{step}` drops this event", step=step))


def _checked(step: str, envelope: Envelope, result: object, dropped: Dropped) -> Envelope | Outcome:
    """The result of a step, when it is what a step may return."""
    if isinstance(result, Envelope):
        if result.id == envelope.id:
            return result
        why = message("the step `{step}` changed the id of the event: this is a programming error", step=step)
        return Dead(why, "BrokenStep")
    if result is None:
        return dropped
    why = message(
        "the step `{step}` returned {type}, not an event: this is a programming error",
        step=step,
        type=type(result).__name__,
    )
    return Dead(why, "BrokenStep")


def _dead_of(step: str, envelope: Envelope, error: BaseException) -> Dead:
    """The outcome of an event for which the step raised `error`. Pure code fails again, so it is not tried again."""
    if isinstance(error, TooOften):
        return Dead(error.why, "TooOften", error.field, after=error.after)
    if isinstance(error, Rejected):
        refusal = error if isinstance(error, NotAccepted) else None
        return Dead(error.why, "Rejected", error.field, refusal)
    kind = type(error).__name__
    why = message(
        "the step `{step}` failed with the programming error {error} at {place}",
        step=step,
        error=kind,
        place=_log_failure(step, envelope, error),
    )
    return Dead(why, kind)


def _log_failure(name: str, envelope: Envelope, error: BaseException) -> str:
    """Log where an undeclared exception came from, and return the last place.

    The text of the exception is neither logged nor returned: it may hold personal data.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    locations = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("undeclared exception", step=name, error=type(error).__name__, locations=locations, event_id=envelope.id)
    return locations[-1] if locations else name
