"""Text of callers: what is refused, what is made equal, and what its JSON Schema states of it."""

import re
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from lienthong import LongText, Personal, Text, clean_text
from lienthong.data.asked_text import LONG_TEXT_LIMIT, TEXT_LIMIT

TEXT: TypeAdapter[str] = TypeAdapter(Text)
LONG: TypeAdapter[str] = TypeAdapter(LongText)


def fault(adapter: TypeAdapter[str], value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(value)
    (error,) = caught.value.errors()
    return error["msg"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("  số\u00a0 1 ", "số 1"),
        ("e\u0302\u0301", "ế"),
        ("0010\u200b990\u00ad12345", "001099012345"),
        ("\u202e Hoa \u202c", "Hoa"),
        ("🏠 1", "🏠 1"),
    ],
)
def test_what_looks_equal_is_made_equal(written: str, read: str) -> None:
    assert TEXT.validate_python(written) == read


@pytest.mark.parametrize("character", ["\x00", "\x07", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\x9f"])
def test_a_control_character_is_refused_and_named(character: str) -> None:
    assert f"U+{ord(character):04X}" in fault(TEXT, f"a{character}b")
    assert f"U+{ord(character):04X}" in fault(TEXT, character)


@pytest.mark.parametrize("value", ["", " ", "\u200b", "\u00a0\u2060", "\u2800"])
def test_what_cannot_be_seen_is_no_text(value: str) -> None:
    assert fault(TEXT, value)
    assert fault(LONG, value)


@pytest.mark.parametrize("value", ["\ud800", "a\udcffb"])
def test_half_of_a_character_is_refused(value: str) -> None:
    assert "unicode" in fault(TEXT, value)
    with pytest.raises(ValidationError):
        TEXT.validate_json(b'"a\\ud800"')


@pytest.mark.parametrize("value", [5, 1.5, True, None, [], {}])
def test_only_text_is_text(value: object) -> None:
    assert fault(TEXT, value)


def test_text_has_a_bound() -> None:
    assert TEXT.validate_python("x" * TEXT_LIMIT) == "x" * TEXT_LIMIT
    assert str(TEXT_LIMIT) in fault(TEXT, "x" * (TEXT_LIMIT + 1))
    assert str(LONG_TEXT_LIMIT) in fault(LONG, "x" * (LONG_TEXT_LIMIT + 1))


def test_long_text_keeps_its_lines_and_spaces() -> None:
    assert LONG.validate_python("Kính gửi:\r\n\t1.  Sở\u200b Nội vụ ") == "Kính gửi:\r\n\t1.  Sở Nội vụ "
    assert "U+0000" in fault(LONG, "a\x00")
    assert "U+000B" in fault(LONG, "a\x0b")


def test_its_marks_and_bounds_stand_in_the_json_schema() -> None:
    class Question(BaseModel):
        identity: Annotated[Text, Personal("identity")]
        note: LongText | None = None

    properties = Question.model_json_schema()["properties"]
    assert properties["identity"]["x-personal"] == "identity"
    assert (properties["identity"]["minLength"], properties["identity"]["maxLength"]) == (1, TEXT_LIMIT)
    assert properties["note"]["anyOf"][0]["maxLength"] == LONG_TEXT_LIMIT


@given(st.text(alphabet=st.characters(max_codepoint=0x2FF), max_size=20))
def test_the_json_schema_states_what_is_refused(text: str) -> None:
    rule = TEXT.json_schema()
    fits = len(text) >= rule["minLength"] and re.fullmatch(rule["pattern"], text) is not None
    try:
        assert TEXT.validate_python(text) == clean_text(text)
        assert fits
    except ValidationError:
        assert not fits
