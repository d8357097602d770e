"""Previews, which change nothing: the outcomes of a replay, and the judgement of a stage on an edit."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from lienthong.dead_letters.actions import in_batches
from lienthong.dead_letters.model import LetterStore
from lienthong.ledger.records import DeadLetter
from lienthong.messages import message
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.processing.stage import Stage

ExpectedOutcome = Literal["deliver", "done", "dropped", "later", "dead"]
"""The outcome a replay would have. `deliver`: the letter goes to a sink, whose answer is not known in advance."""

Schema = Callable[[str, Mapping[str, Any]], Sequence[str]]
"""The faults of data as an event of a type, as sentences; none when it fits the schema of that type."""

_EXPECTED: Mapping[type[Outcome], ExpectedOutcome] = {
    Done: "done",
    Dropped: "dropped",
    Later: "later",
    Dead: "dead",
}


class Preview(NamedTuple):
    """The judgement of a stage on an edit: whether it would accept the event, and why, in sentences."""

    accepted: bool
    sentences: Sequence[str]


def dry_run(
    letter_store: LetterStore, numbers: Iterable[int], routes: Mapping[str, Stage]
) -> Mapping[tuple[str, ExpectedOutcome], int]:
    """By (stage, outcome), the number of letters a replay would end so. Letters of routes are run through them."""
    counts: Counter[tuple[str, ExpectedOutcome]] = Counter()
    for batch in in_batches(numbers):
        by_stage: dict[str, list[DeadLetter]] = defaultdict(list)
        for letter in letter_store.letters.load(batch):
            by_stage[letter.stage].append(letter)
        for stage, letters in by_stage.items():
            if stage in routes:
                outcomes = _run_route(letter_store, routes[stage], letters)
                counts.update((stage, _EXPECTED[type(outcome)]) for outcome in outcomes)
            else:
                counts[stage, "deliver"] += len(letters)
    return dict(counts)


def preview_edit(letter_store: LetterStore, letter: DeadLetter, *, route: Stage | None, schema: Schema) -> Preview:
    """Whether the stage of `letter` would accept the letter as it now is. `route` is None for a letter of a sink."""
    if route is None:
        return _check_schema(letter, schema)
    (outcome,) = _run_route(letter_store, route, [letter])
    stage = letter.stage
    match outcome:
        case Done():
            targets = ", ".join(route.destinations(outcome))
            return _accepted(
                message("{stage} accepts it; the event goes on to {targets}", stage=stage, targets=targets)
            )
        case Dropped(why=why):
            return _accepted(message("{stage} would drop this event: {why}", stage=stage, why=why))
        case Later(why=why):
            return _accepted(message("it cannot be known now: {why}", why=why))
        case Dead(why=why, field=None | ""):
            return Preview(False, [message("{stage} still rejects it: {why}", stage=stage, why=why)])
        case Dead(why=why, field=field):
            sentence = message("{stage} still rejects it: field `{field}` — {why}", stage=stage, field=field, why=why)
            return Preview(False, [sentence])


def _check_schema(letter: DeadLetter, schema: Schema) -> Preview:
    event_type = letter.envelope.type
    faults = schema(event_type, letter.envelope.data)
    if faults:
        return Preview(False, faults)
    return _accepted(
        message("it fits the schema of {type} and would be delivered to {stage}", type=event_type, stage=letter.stage)
    )


def _accepted(sentence: str) -> Preview:
    return Preview(True, [sentence])


def _run_route(letter_store: LetterStore, route: Stage, letters: Sequence[DeadLetter]) -> Sequence[Outcome]:
    """The outcomes of letters at a route. Its steps are pure and its lookups only read, so nothing is written."""
    with letter_store.ledger.transaction() as transaction:
        return route.handle([letter.envelope for letter in letters], transaction)
