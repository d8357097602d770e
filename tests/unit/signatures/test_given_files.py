"""The given files and the verdict that is right for each, in `tests/signatures/given/expected.json`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lienthong.signatures.judge import judge
from lienthong.signatures.limits import Limits
from lienthong.signatures.trust import Trust, load_trust
from lienthong.signatures.verdict import DocumentVerdict

GIVEN = Path(__file__).parents[2] / "signatures" / "given"
EXPECTED: dict[str, dict[str, Any]] = json.loads((GIVEN / "expected.json").read_text(encoding="utf-8"))
WAITS: dict[str, str] = {}


@pytest.fixture(scope="module")
def trust() -> Trust:
    return load_trust(GIVEN / "trust")


def permitted(expected: dict[str, Any]) -> set[tuple[str, str | None]]:
    """The pairs of indication and sub-indication that are right."""
    pairs = set()
    for one in (expected, *expected.get("also", ())):
        subs = one["sub_indication"] if isinstance(one["sub_indication"], list) else [one["sub_indication"]]
        pairs |= {(one["indication"], sub) for sub in subs}
    return pairs


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.xfail(reason=WAITS[name])) if name in WAITS else name for name in EXPECTED],
)
def test_a_given_file_gets_the_verdict_that_is_right(name: str, trust: Trust) -> None:
    expected = EXPECTED[name]
    at = datetime.fromisoformat(expected["at"])
    verdict = judge((GIVEN / name).read_bytes(), trust=trust, profile=None, at=at, limits=Limits())
    assert (verdict.indication.value, verdict.sub_indication) in permitted(expected)
    if expected["signers"] is not None:
        assert len([found for found in verdict.signatures if found.type == "signature"]) == expected["signers"]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_verdict_survives_the_round_trip_through_json(name: str, trust: Trust) -> None:
    at = datetime.fromisoformat(EXPECTED[name]["at"])
    verdict = judge((GIVEN / name).read_bytes(), trust=trust, profile=None, at=at, limits=Limits())
    text = json.dumps(verdict.as_json("en"))
    again = DocumentVerdict.from_json(json.loads(text))
    assert json.dumps(again.as_json("en")) == text
    assert all(reason.text("vi") != reason.text("en") for reason in again.reasons)


def test_a_verdict_states_how_much_was_changed_after_each_signature(trust: Trust) -> None:
    at = datetime.fromisoformat(EXPECTED["page-appended.pdf"]["at"])

    def levels(name: str) -> list[str | None]:
        verdict = judge((GIVEN / name).read_bytes(), trust=trust, profile=None, at=at, limits=Limits())
        return [signature.modification_level for signature in verdict.signatures]

    assert levels("page-appended.pdf") == ["other"]
    assert levels("person-then-agency.pdf") == ["form_filling", "none"]
    assert levels("pades-leaf-only.pdf") == ["none"]
