"""The replay set: a frozen list of letters. What the operator saw is what is replayed, and nothing else."""

import hashlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import orjson

from lienthong.dead_letters.model import LetterSummary
from lienthong.messages import message
from lienthong.settings import SinkSettings
from lienthong.topology import sink_queue


@dataclass(frozen=True, slots=True)
class ReplaySet:
    """Letters to replay.

    - `numbers`: their numbers, as an array: 100,000 letters are a few megabytes.
    - `digest`: the SHA-256 over number, event, turn and approved edit of each.
    - `edits`: by letter, the digest of the approved edit that is sent.
    - `skipped`: by reason, the number of letters that were selected and left out.
    """

    numbers: "array[int]"
    digest: str
    edits: Mapping[int, str] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of letters."""
        return len(self.numbers)

    def matches(self, expected: str) -> bool:
        """Whether `expected` is the digest, or its first digits."""
        return self.digest.startswith(expected.casefold())


def freeze(letters: Iterable[LetterSummary], rules: "ReplayRules") -> ReplaySet:
    """The set of those letters that the rules allow to replay now."""
    numbers: array[int] = array("q")
    edits: dict[int, str] = {}
    skipped: Counter[str] = Counter()
    sha = hashlib.sha256()
    for letter in letters:
        reason = rules.exclusion_reason(letter)
        if reason:
            skipped[reason] += 1
            continue
        numbers.append(letter.number)
        if letter.edit:
            edits[letter.number] = letter.edit
        identity = (letter.number, letter.event_id, letter.turn, letter.edit)
        sha.update(orjson.dumps(identity, option=orjson.OPT_APPEND_NEWLINE))
    return ReplaySet(numbers, sha.hexdigest(), edits, dict(skipped))


@dataclass(frozen=True, slots=True)
class ReplayRules:
    """Which letters may be replayed.

    - `stages`: the names of the configured stages.
    - `allow_repeats`: the operator allows a second delivery to sinks with `replay: ask`.
    """

    stages: Collection[str]
    sinks: Mapping[str, SinkSettings]
    allow_repeats: bool = False

    def exclusion_reason(self, letter: LetterSummary) -> str:
        """Why the letter is left out, for the operator; "" when it may be replayed."""
        if letter.state != "parked":
            return message("it was replayed or discarded before")
        if letter.proposed:
            return message("its edit waits for the approval of a second person")
        if letter.stage not in self.stages:
            return message("the stage {stage} is no longer configured", stage=letter.stage)
        return self._sink_reason(letter.stage)

    def _sink_reason(self, stage: str) -> str:
        sink = next((sink for name, sink in self.sinks.items() if sink_queue(name) == stage), None)
        if sink is None or sink.replay == "idempotent" or (sink.replay == "ask" and self.allow_repeats):
            return ""
        if sink.replay == "never":
            return message("{stage} must not get an event twice (its file has `replay: never`)", stage=stage)
        return message(
            "{stage} may deliver an event twice (its file has `replay: ask`); add `--yes-repeat` if that is acceptable",
            stage=stage,
        )
