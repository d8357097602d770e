"""What would happen, without doing it: what routes now make of letters, and what a stage would say to an edit."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

from lienthong.accounts import DeadLetter
from lienthong.dead_letters.acts import AT_ONCE
from lienthong.dead_letters.box import Desk
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.stage import Stage

Word = Literal["deliver", "done", "dropped", "later", "dead"]
Schema = Callable[[str, Mapping[str, Any]], Sequence[str]]
"""What is wrong with data as an event of a type, in words; nothing when it fits."""

_WORDS: Mapping[type[Outcome], Word] = {Done: "done", Dropped: "dropped", Later: "later", Dead: "dead"}


def rehearse(desk: Desk, numbers: Iterable[int], routes: Mapping[str, Stage]) -> Mapping[tuple[str, Word], int]:
    """How many letters of each stage would come to what. A route's letters are put through it; others are counted."""
    counts: Counter[tuple[str, Word]] = Counter()
    rest = iter(numbers)
    while some := list(islice(rest, AT_ONCE)):
        by_stage: dict[str, list[DeadLetter]] = defaultdict(list)
        for letter in desk.letters.whole(some):
            by_stage[letter.stage].append(letter)
        for stage, letters in by_stage.items():
            if stage in routes:
                outcomes = attempt(desk, routes[stage], letters)
                counts.update((stage, _WORDS[type(outcome)]) for outcome in outcomes)
            else:
                counts[stage, "deliver"] += len(letters)
    return dict(counts)


def attempt(desk: Desk, route: Stage, letters: Sequence[DeadLetter]) -> Sequence[Outcome]:
    """What a route makes of letters now. It is pure but for its lookups, so nothing is written."""
    with desk.ledger.transaction() as transaction:
        return route.attempt([letter.envelope for letter in letters], transaction)


def objections(desk: Desk, letter: DeadLetter, route: Stage | None, schema: Schema) -> tuple[bool, Sequence[str]]:
    """What stands to be said about replaying `letter` as it now is, in words; and whether it would go on."""
    if route is None:
        faults = schema(letter.envelope.type, letter.envelope.data)
        return not faults, faults or [f"đúng lược đồ {letter.envelope.type}; sẽ giao đến {letter.stage}"]
    (outcome,) = attempt(desk, route, [letter])
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
