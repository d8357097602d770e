"""What a sample of a signed file is, and the verdict that is right for it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.signatures.authorities import moment
from tests.signatures.pki import NOW

EXPECTED_REASONS = Path(__file__).parent / "expected_reasons.json"
PASSED, FAILED, UNCLEAR = "TOTAL-PASSED", "TOTAL-FAILED", "INDETERMINATE"


@dataclass(frozen=True)
class Sample:
    """A file by its maker, and its right verdict with the clause it follows from.

    - `sub`: the sub-indications of which any is right; none for a verdict that passes.
    - `also`: further verdicts that are defensible.
    - `signers`: how many signatures the verdict lists; None where that is not the question.
    - `refused`: a refusal with a reason is right too.
    - `waits`: why the judge does not give this verdict yet, for `xfail`.
    """

    name: str
    make: Callable[[], bytes]
    indication: str
    sub: tuple[str, ...] = ()
    clause: str = ""
    also: tuple[tuple[str, tuple[str, ...]], ...] = ()
    signers: int | None = 1
    at: datetime = NOW
    profile: str | None = None
    refused: bool = False
    waits: str = ""

    def permits(self, indication: str, sub_indication: str | None) -> bool:
        rights = ((self.indication, self.sub), *self.also)
        return any(
            indication == each and (sub_indication in subs if subs else not sub_indication) for each, subs in rights
        )

    def __str__(self) -> str:
        return self.name


def expected_reasons(kind: str) -> Mapping[str, Sequence[str]]:
    """By the name of a sample, the codes of the reasons that its verdict must state: what an officer reads."""
    found: dict[str, dict[str, list[str]]] = json.loads(EXPECTED_REASONS.read_text("utf-8"))
    return found[kind]


def hanoi(text: str) -> datetime:
    """A moment given in Hà Nội's time."""
    return moment(text) - timedelta(hours=7)


def parameters(samples: Iterable[Sample]) -> list[object]:
    """The samples; one that the judge does not judge rightly yet is marked with the reason."""
    return [
        pytest.param(each, id=each.name, marks=pytest.mark.xfail(strict=True, reason=each.waits) if each.waits else ())
        for each in samples
    ]
