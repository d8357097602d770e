"""Matching: whether a component of a dossier need not be handed in, because the citizen's store has what replaces it.

Exactly one document that fits and counts is attached; of several the citizen chooses, and the best is suggested first;
without one the paper is digitised. It follows the catalogue: a component (MAGIAYTO) is replaced by results
(MA_KQ_THAYTHE), or by an e-certified copy of the paper itself (Nghị định 45/2020/NĐ-CP, Điều 10).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any, Literal

from lienthong import clean_text
from transforms.document_standing import WORDS, Document, Version, Why, standing, superseded

Outcome = Literal["attach", "choose", "digitise"]
Reason = Literal[
    "one-fits",
    "several-fit",
    "none-counts",
    "none-fits",
    "nothing-replaces-it",
    "component-unknown",
    "procedure-unknown",
]
Ahead = Literal["valid-longer", "issued-later", "result-before-copy", "added-later"]

_REASONS: Mapping[Reason, str] = {
    "one-fits": "Kho có đúng một giấy tờ phù hợp: tự động đính kèm.",
    "several-fit": "Kho có nhiều giấy tờ phù hợp: công dân chọn, gợi ý tốt nhất đứng đầu.",
    "none-counts": "Kho có giấy tờ cùng loại nhưng không giấy tờ nào dùng được: phải số hóa.",
    "none-fits": "Kho không có giấy tờ phù hợp: phải số hóa.",
    "nothing-replaces-it": "Không kết quả nào thay thế thành phần này, và kho không có bản sao chứng thực điện tử"
    " của nó: phải số hóa.",
    "component-unknown": "Danh mục thủ tục không có thành phần này: phải số hóa.",
    "procedure-unknown": "Danh mục không có thủ tục này còn hiệu lực vào ngày cần dùng: phải số hóa.",
}
_AHEAD: Mapping[Ahead, str] = {
    "valid-longer": "còn hiệu lực lâu hơn",
    "issued-later": "được cấp sau",
    "result-before-copy": "là kết quả, không phải bản sao chứng thực",
    "added-later": "được đưa vào kho sau",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that fits and counts. `ahead`: by what it comes before the next one; None for the last."""

    document: Document
    version: Version
    ahead: Ahead | None = None

    @property
    def ahead_words(self) -> str | None:
        """The same for an officer."""
        return _AHEAD[self.ahead] if self.ahead else None


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A version that fits and does not count. `by`: the version that replaces it."""

    document: Document
    version: Version
    why: Why
    by: int | None = None

    @property
    def words(self) -> str:
        """The same for an officer."""
        return WORDS[self.why]


@dataclass(frozen=True, slots=True)
class Match:
    """What becomes of one component; `candidates` are best first."""

    component: str
    outcome: Outcome
    reason: Reason
    candidates: Sequence[Candidate] = ()
    passed_over: Sequence[PassedOver] = ()

    @property
    def words(self) -> str:
        """The reason for an officer."""
        return _REASONS[self.reason]


def match(component: str, documents: Iterable[Document], on: date, *, procedure: Mapping[str, Any] | None) -> Match:
    """Decide for a component on a local day. `procedure` is the version in force then, as `procedure.v1` has it."""
    if procedure is None:
        return Match(component, "digitise", "procedure-unknown")
    code = _code(component)
    asked = [each for each in procedure["components"] if each["code"] is not None and _code(each["code"]) == code]
    if not asked:
        return Match(component, "digitise", "component-unknown")
    replaced_by = {_code(result) for each in asked for result in each["replaced_by"]}
    fitting = [document for document in documents if _fits(document, code, replaced_by)]
    counting, passed_over = _divide(fitting, on)
    candidates = _ordered(counting)
    if candidates:
        is_one = len(candidates) == 1
        outcome: tuple[Outcome, Reason] = ("attach", "one-fits") if is_one else ("choose", "several-fit")
        return Match(component, *outcome, candidates, passed_over)
    reason: Reason = "none-counts" if passed_over else "none-fits" if replaced_by else "nothing-replaces-it"
    return Match(component, "digitise", reason, passed_over=passed_over)


def _fits(document: Document, code: str, replaced_by: set[str]) -> bool:
    """Whether it is, by its codes, what replaces the component: one of the results, or a copy of the paper itself."""
    if document.result_code is not None and _code(document.result_code) in replaced_by:
        return True
    return document.kind != "result" and _code(document.document_type) == code


def _divide(fitting: Iterable[Document], on: date) -> tuple[list[Candidate], list[PassedOver]]:
    counting, passed_over = [], []
    for document in fitting:
        now = standing(document, on)
        if now.why is None:
            counting.append(Candidate(document, now.version))
        else:
            passed_over.append(PassedOver(document, now.version, now.why))
        replaced = (PassedOver(document, old, "superseded", now.version.version) for old in superseded(document))
        passed_over.extend(each for each in replaced if each.version is not now.version)
    return counting, passed_over


def _ordered(candidates: Iterable[Candidate]) -> Sequence[Candidate]:
    """Best first: valid longest, newest, a result before a copy."""
    best_first = sorted(candidates, key=_rank, reverse=True)
    return [
        Candidate(one.document, one.version, _first_difference(one, following))
        for one, following in zip_longest(best_first, best_first[1:])
    ]


_RANKS: Sequence[Ahead] = ("valid-longer", "issued-later", "result-before-copy", "added-later")


def _rank(one: Candidate) -> tuple[Any, ...]:
    return (
        one.version.valid_until or date.max,
        one.version.issued_on or date.min,
        one.document.kind == "result",
        (one.document.added_at, one.document.document_id),
    )


def _first_difference(one: Candidate, following: Candidate | None) -> Ahead | None:
    if following is None:
        return None
    ranks = zip(_RANKS, _rank(one), _rank(following), strict=True)
    return next((name for name, first, second in ranks if first != second), None)


def _code(text: str) -> str:
    """A code as it is compared: composed, without spaces around it, in capitals."""
    return clean_text(text).upper()
