"""Replays of dead letters: the frozen set, what it would come to, earlier replays of it, and how one went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lienthong.dead_letters.dry_run import ExpectedOutcome, dry_run
from lienthong.dead_letters.model import LetterFilter, LetterStore, NotAllowed, ReplayRun
from lienthong.dead_letters.replay_set import ReplayRules, ReplaySet, freeze
from lienthong.errors import WrongUse
from lienthong.messages import format_number, message
from lienthong.processing.stage import Stage
from lienthong.settings import Settings
from lienthong.topology import route_queue, sink_queue

MIN_DIGEST_DIGITS = 8
"""Digits of a set's digest that state which set is meant."""

SHOWN_DIGEST_DIGITS = 12
"""Digits of a set's digest that are shown to a person, to be typed again."""


@dataclass(frozen=True, slots=True)
class FrozenSet:
    """The letters that a replay sends, and the numbers that were given and do not exist."""

    letters: ReplaySet
    unknown: Sequence[int]

    @property
    def short_digest(self) -> str:
        return self.letters.digest[:SHOWN_DIGEST_DIGITS]


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many letters of one stage a replay would bring to one outcome."""

    stage: str
    outcome: ExpectedOutcome
    count: int


def freeze_set(
    letter_store: LetterStore,
    settings: Settings,
    *,
    numbers: Sequence[int] = (),
    group: str = "",
    allow_repeats: bool = False,
) -> FrozenSet:
    """The set of these numbers, else of a group, else of every parked letter.

    `allow_repeats` includes letters of sinks that state `replay: ask`.
    """
    stages = {*map(route_queue, settings.routes), *map(sink_queue, settings.sinks)}
    rules = ReplayRules(stages, settings.sinks, allow_repeats=allow_repeats)
    if not numbers:
        return FrozenSet(freeze(letter_store.letters.search(LetterFilter(group=group)), rules), ())
    summaries = letter_store.letters.summaries(numbers)
    unknown = sorted(set(numbers) - {summary.number for summary in summaries})
    return FrozenSet(freeze(summaries, rules), unknown)


def outlook(letter_store: LetterStore, frozen: FrozenSet, routes: Mapping[str, Stage]) -> Sequence[Outlook]:
    """What a replay of the set would come to now, by stage. Nothing is written or sent."""
    counts = dry_run(letter_store, frozen.letters.numbers, routes)
    return [Outlook(stage, outcome, count) for (stage, outcome), count in sorted(counts.items())]


def earlier_replays(letter_store: LetterStore, frozen: FrozenSet, expected: str) -> Sequence[ReplayRun]:
    """Earlier replays of the set whose digest begins with `expected`; none when the frozen set is that set.

    Raises `WrongUse` when `expected` is too short, and `NotAllowed` when the set has changed since it was shown.
    """
    if len(expected) < MIN_DIGEST_DIGITS:
        raise WrongUse(
            message("`--expect` needs at least the first {digits} characters of the hash.", digits=MIN_DIGEST_DIGITS)
        )
    if frozen.letters.count and frozen.letters.matches(expected):
        return ()
    runs = letter_store.replays.find(expected.casefold())
    if not runs:
        raise NotAllowed(_changed_set(frozen))
    return runs


def _changed_set(frozen: FrozenSet) -> str:
    if not frozen.letters.count:
        return message(
            "the set of letters has changed since it was shown: no letter is left. Nothing was sent; look again "
            "with `--dry-run`."
        )
    return message(
        "the set of letters has changed since it was shown: it has {letters} letters now, hash {digest}. Nothing was "
        "sent; look again with `--dry-run`.",
        letters=format_number(frozen.letters.count),
        digest=frozen.short_digest,
    )


def set_json(frozen: FrozenSet) -> dict[str, Any]:
    return {
        "set": {"count": frozen.letters.count, "hash": frozen.letters.digest},
        "skipped": [{"count": count, "why": why} for why, count in frozen.letters.skipped.items()],
        "unknown": list(frozen.unknown),
    }


def outlook_json(found: Sequence[Outlook]) -> list[dict[str, Any]]:
    return [{"stage": one.stage, "outcome": one.outcome, "count": one.count} for one in found]


def run_json(run: ReplayRun) -> dict[str, Any]:
    """`stopped` is the reason why the replay did not go to the end, or null."""
    return {
        "number": run.number,
        "hash": run.digest,
        "who": run.who,
        "began_at": run.began_at.isoformat(),
        "count": run.count,
        "sent": run.sent,
        "died": run.died,
        "waiting": run.waiting,
        "stopped": run.stopped or None,
    }
