"""Every reason of a verdict is explained to an officer, in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from lienthong.signatures.guidance import STEPS, guidance
from lienthong.signatures.sentences import SENTENCES

FOLDER = Path(__file__).parents[3] / "lienthong" / "signatures"
RAISE = {"reason", "CmsFault", "Fault", "fault", "_fault", "_general"}
"""The functions that are given the code of a reason."""


def codes_in_the_code() -> Iterator[str]:
    """The codes that the calls of `RAISE` write, each a text of small letters with hyphens."""
    for path in FOLDER.rglob("*.py"):
        calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
        for call in calls:
            if getattr(call.func, "id", None) in RAISE or getattr(call.func, "attr", None) in RAISE:
                texts = (each.value for each in call.args if isinstance(each, ast.Constant))
                yield from (text for text in texts if isinstance(text, str) and "-" in text)


def test_no_reason_lacks_a_sentence_or_a_step() -> None:
    found = set(codes_in_the_code())
    assert len(found) > 70
    assert found - set(SENTENCES) == set()
    assert set(STEPS) == set(SENTENCES)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_reason_is_explained_in_both_languages(code: str) -> None:
    known = guidance(code)
    assert known is not None
    for text in known:
        assert "{" not in text.render("en")
        assert text.render("vi") != text.render("en")


def test_what_is_no_reason_is_not_explained() -> None:
    assert guidance("crl") is None
