"""What would happen, without doing it: what routes now make of letters, and what a stage would say to an edit."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

from lienthong.dead_letters.actions import LETTERS_PER_TRANSACTION
from lienthong.dead_letters.model import LetterStore
from lienthong.ledger.records import DeadLetter
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.processing.stage import Stage

Word = Literal["deliver", "done", "dropped", "later", "dead"]
Schema = Callable[[str, Mapping[str, Any]], Sequence[str]]
"""What is wrong with data as an event of a type, in words; nothing when it fits."""

_WORDS: Mapping[type[Outcome], Word] = {Done: "done", Dropped: "dropped", Later: "later", Dead: "dead"}


def dry_run(
    letter_store: LetterStore, numbers: Iterable[int], routes: Mapping[str, Stage]
) -> Mapping[tuple[str, Word], int]:
    """How many letters of each stage would come to what. A route's letters are put through it; others are counted."""
    counts: Counter[tuple[str, Word]] = Counter()
    rest = iter(numbers)
    while some := list(islice(rest, LETTERS_PER_TRANSACTION)):
        by_stage: dict[str, list[DeadLetter]] = defaultdict(list)
        for letter in letter_store.letters.load(some):
            by_stage[letter.stage].append(letter)
        for stage, letters in by_stage.items():
            if stage in routes:
                outcomes = attempt(letter_store, routes[stage], letters)
                counts.update((stage, _WORDS[type(outcome)]) for outcome in outcomes)
            else:
                counts[stage, "deliver"] += len(letters)
    return dict(counts)


def attempt(letter_store: LetterStore, route: Stage, letters: Sequence[DeadLetter]) -> Sequence[Outcome]:
    """What a route makes of letters now. It is pure but for its lookups, so nothing is written."""
    with letter_store.ledger.transaction() as transaction:
        return route.handle([letter.envelope for letter in letters], transaction)


def preview_edit(
    letter_store: LetterStore, letter: DeadLetter, route: Stage | None, schema: Schema
) -> tuple[bool, Sequence[str]]:
    """What stands to be said about replaying `letter` as it now is, in words; and whether it would go on."""
    if route is None:
        faults = schema(letter.envelope.type, letter.envelope.data)
        return not faults, faults or [f"đúng lược đồ {letter.envelope.type}; sẽ giao đến {letter.stage}"]
    (outcome,) = attempt(letter_store, route, [letter])
    match outcome:
        case Done():
            return True, [f"{letter.stage} nhận được; sự kiện đi tiếp đến {', '.join(route.to)}"]
        case Dropped(why=why):
            return True, [f"{letter.stage} sẽ bỏ qua sự kiện này: {why}"]
        case Later(why=why):
            return True, [f"chưa biết được: {why}"]
        case Dead(why=why, field=field):
            where = f"trường `{field}` — " if field else ""
            return False, [f"{letter.stage} vẫn không nhận: {where}{why}"]
