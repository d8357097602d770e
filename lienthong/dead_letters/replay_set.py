"""A frozen set: what was seen is what is replayed, and nothing else."""

import hashlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import orjson

from lienthong.dead_letters.model import LetterSummary
from lienthong.settings import SinkSettings
from lienthong.topology import sink_queue


@dataclass(frozen=True, slots=True)
class ReplaySet:
    """Letters to be replayed, by number.

    `digest` is the SHA-256 over (number, event, turn) of each, and the digest of its approved edit if it has one.
    `edits` are those digests by number; `skipped` counts, by reason in words, what was asked for and left out.
    """

    numbers: "array[int]"
    digest: str
    edits: Mapping[int, str] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.numbers)

    def matches(self, expected: str) -> bool:
        """Whether `expected` is the digest or how it begins."""
        return self.digest.startswith(expected.casefold())


def freeze(lines: Iterable[LetterSummary], rules: "ReplayRules") -> ReplaySet:
    """The set of those letters that may be replayed now. Keeps numbers only: 100,000 letters are a few megabytes."""
    numbers: array[int] = array("q")
    edits: dict[int, str] = {}
    skipped: Counter[str] = Counter()
    sha = hashlib.sha256()
    for line in lines:
        why = rules.exclusion_reason(line)
        if why:
            skipped[why] += 1
            continue
        numbers.append(line.number)
        if line.edit:
            edits[line.number] = line.edit
        sha.update(orjson.dumps((line.number, line.event_id, line.turn, line.edit), option=orjson.OPT_APPEND_NEWLINE))
    return ReplaySet(numbers, sha.hexdigest(), edits, dict(skipped))


@dataclass(frozen=True, slots=True)
class ReplayRules:
    """What stands against replaying a letter.

    `stages` are those there are; `allow_repeats` says yes to sinks whose settings say `replay: ask`.
    """

    stages: Collection[str]
    sinks: Mapping[str, SinkSettings]
    allow_repeats: bool = False

    def exclusion_reason(self, line: LetterSummary) -> str:
        """Why the letter is left out, in words; empty when it may go."""
        if line.state != "parked":
            return "đã được xử lý trước đó"
        if line.proposed:
            return "đang chờ người thứ hai duyệt bản sửa"
        if line.stage not in self.stages:
            return f"chặng {line.stage} không còn trong cấu hình"
        return self._sink_reason(line.stage)

    def _sink_reason(self, stage: str) -> str:
        own = next((sink for name, sink in self.sinks.items() if sink_queue(name) == stage), None)
        if own is None or own.replay == "idempotent" or (own.replay == "ask" and self.allow_repeats):
            return ""
        if own.replay == "never":
            return f"{stage} không được giao lại (cấu hình ghi `replay: never`)"
        return f"{stage} có thể giao lặp (cấu hình ghi `replay: ask`); thêm --yes-repeat nếu chắc chắn"
