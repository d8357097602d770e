"""The work of a route on a bundle: its condition, then its steps in order. Only the guilty event fails."""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

import structlog

from lienthong.envelope import Envelope
from lienthong.errors import Rejected, Transient
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.ports import Found, Lookup
from lienthong.processing.condition import Condition, Undecided
from lienthong.processing.sink_selection import SinkSelection

log = structlog.get_logger(__name__)
_NOTHING_FOUND: Found = {}


@dataclass(frozen=True, slots=True)
class ApplyStep:
    """A bound function; `name` is its whole Python name."""

    name: str
    function: Callable[[Envelope], Envelope | None]


@dataclass(frozen=True, slots=True)
class EnrichStep:
    """A bound function that is given what `lookup` found for all keys of the bundle."""

    name: str
    keys: Callable[[Envelope], Sequence[str]]
    lookup_name: str
    lookup: Lookup
    function: Callable[[Envelope, Found], Envelope | None]


TOGETHER = 64
"""Events that take a step one after the other before they take the next: a processor that goes back and forth between
condition and transform has neither's code at hand. Few enough that raw data does not pile up."""

Numbered = tuple[int, Envelope]
"""An event with its place in the bundle."""

Live = list[Numbered]
"""The events still under way."""

Outcomes = dict[int, Outcome]
"""What became of the others, by their places."""


class Pipeline:
    """One outcome for each envelope, in their order; it raises nothing for what an event or a step does.

    - The condition sees the event as it was received: false drops it, undecidable is dead.
    - `sinks`, where a route gives its sinks conditions, sees the event after the steps and chooses among them.
    - A step that returns None drops; `Rejected` and every undeclared exception are dead at once, for pure code will
      fail the same way again.
    - A lookup that does not know (`Transient`) makes those events wait that asked it. A lookup that fails in an
      undeclared way is asked for each event alone, and who still gets no answer waits: that is I/O, not pure code.
    """

    def __init__(
        self, when: Condition | None, steps: Sequence[ApplyStep | EnrichStep], sinks: SinkSelection | None = None
    ) -> None:
        self._when = when
        self._sinks = sinks
        alone = takewhile(lambda step: isinstance(step, ApplyStep), steps)
        self._first = tuple(step for step in alone if isinstance(step, ApplyStep))
        self._rest = tuple(steps[len(self._first) :])

    def run(self, envelopes: Sequence[Envelope]) -> list[Outcome]:
        """Put a bundle through. The event a step makes keeps its id."""
        outcomes: Outcomes = {}
        numbered = list(enumerate(envelopes))
        live: Live = []
        for start in range(0, len(numbered), TOGETHER):
            live += self._begun(numbered[start : start + TOGETHER], outcomes)
        for step in self._rest:
            if isinstance(step, EnrichStep):
                live = _enriched(step, live, outcomes)
            else:
                live = _each(partial(_applied, step), live, outcomes)
        if self._sinks is None:
            outcomes.update((place, Done(envelope)) for place, envelope in live)
        else:
            outcomes.update((place, self._sinks.outcome(envelope)) for place, envelope in live)
        return [outcomes[place] for place in range(len(envelopes))]

    def _begun(self, some: Live, outcomes: Outcomes) -> Live:
        """Some events as far as they go alone, so that raw data is read when it is its turn, and then let go."""
        live = [(place, envelope.decoded()) for place, envelope in some]
        if self._when is not None:
            live = _each(partial(_passed, self._when), live, outcomes)
        for step in self._first:
            live = _each(partial(_applied, step), live, outcomes)
        return live


def _each(judge: Callable[[Envelope], Envelope | Outcome], live: Iterable[Numbered], outcomes: Outcomes) -> Live:
    passed: Live = []
    for place, envelope in live:
        judged = judge(envelope)
        if isinstance(judged, Envelope):
            passed.append((place, judged))
        else:
            outcomes[place] = judged
    return passed


def _passed(when: Condition, envelope: Envelope) -> Envelope | Outcome:
    try:
        if when.holds(envelope):
            return envelope
    except Undecided as undecided:
        lack = f"sự kiện không có trường `{undecided.field}`" if undecided.field else undecided.error
        why = f"không xét được điều kiện `when`: {when.expression} ({lack})"
        return Dead(why, undecided.error, undecided.field)
    return Dropped(f"không thoả điều kiện `when`: {when.expression}")


def _applied(step: ApplyStep, envelope: Envelope) -> Envelope | Outcome:
    try:
        result = step.function(envelope)
    except Exception as error:  # noqa: BLE001 - whatever a step raises, only this event is stopped by it
        return _verdict(step.name, envelope, error)
    return _judged(step.name, envelope, result)


def _enriched(step: EnrichStep, live: Live, outcomes: Outcomes) -> Live:
    asked: list[tuple[int, Envelope, Sequence[str]]] = []
    for place, envelope in live:
        try:
            asked.append((place, envelope, tuple(step.keys(envelope))))
        except Exception as error:  # noqa: BLE001 - the same: only this event
            outcomes[place] = _verdict(step.name, envelope, error)
    found = _found(step, asked)
    passed: Live = []
    for place, envelope, _ in asked:
        answer = found[place]
        if isinstance(answer, Done | Dropped | Later | Dead):
            outcomes[place] = answer
            continue
        try:
            judged = _judged(step.name, envelope, step.function(envelope, answer))
        except Exception as error:  # noqa: BLE001 - the same: only this event
            judged = _verdict(step.name, envelope, error)
        if isinstance(judged, Envelope):
            passed.append((place, judged))
        else:
            outcomes[place] = judged
    return passed


def _found(step: EnrichStep, asked: list[tuple[int, Envelope, Sequence[str]]]) -> Mapping[int, Found | Outcome]:
    """What the lookup says for each place: one question for the whole bundle, none if nobody has a key."""
    union = list(dict.fromkeys(key for _, _, keys in asked for key in keys))
    if not union:
        return dict.fromkeys((place for place, _, _ in asked), _NOTHING_FOUND)
    answer: Found | Outcome
    try:
        answer = step.lookup.find_many(union)
    except Transient as transient:
        answer = _unknown(step, transient)
    except Exception:  # noqa: BLE001 - a connector may fail in any way; who is guilty shows when each is asked for alone
        return {place: _alone(step, envelope, keys) if keys else _NOTHING_FOUND for place, envelope, keys in asked}
    return {place: answer if keys else _NOTHING_FOUND for place, _, keys in asked}


def _alone(step: EnrichStep, envelope: Envelope, keys: Sequence[str]) -> Found | Outcome:
    try:
        return step.lookup.find_many(keys)
    except Transient as transient:
        return _unknown(step, transient)
    except Rejected as rejected:
        return Dead(rejected.why, field=rejected.field)
    except Exception as error:  # noqa: BLE001 - the same
        where = _log(step.lookup_name, error, event_id=envelope.id)
        return Later(f"tra cứu `{step.lookup_name}` gặp lỗi chưa khai báo {type(error).__name__} tại {where}")


def _unknown(step: EnrichStep, transient: Transient) -> Later:
    return Later(f"chưa tra được `{step.lookup_name}`: {transient.why}", transient.after)


def _judged(step: str, given: Envelope, result: object) -> Envelope | Outcome:
    if isinstance(result, Envelope) and result.id == given.id:
        return result
    if result is None:
        return Dropped(f"bước `{step}` bỏ qua sự kiện này")
    fault = "đổi mã của sự kiện" if isinstance(result, Envelope) else f"trả về {type(result).__name__}"
    return Dead(f"bước `{step}` {fault}: đây là lỗi lập trình", "BrokenStep")


def _verdict(step: str, envelope: Envelope, error: Exception) -> Dead:
    if isinstance(error, Rejected):
        return Dead(error.why, "Rejected", error.field)
    where = _log(step, error, event_id=envelope.id)
    kind = type(error).__name__
    return Dead(f"bước `{step}` gặp lỗi lập trình {kind} tại {where}", kind)


def _log(step: str, error: Exception, **known: str) -> str:
    """Log where an undeclared exception came from, and return it. Never its message: that may hold personal data."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("undeclared exception", step=step, error=type(error).__name__, places=places, **known)
    return places[-1] if places else step
