"""Each fault of a caller's input is a sentence of the caller's language, without the value."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from lienthong import Text
from lienthong.data.input_faults import input_fault
from lienthong.messages import Message

VIETNAMESE = re.compile("[ăâđêôơưà-ãè-êìíò-õùúýạ-ỹ]")
Short = Annotated[str, Field(min_length=3, max_length=5, pattern="^[a-z]+$")]


class Inner(BaseModel):
    code: str


class Everything(BaseModel):
    model_config = ConfigDict(extra="forbid")

    needed: str
    text: Short = "abc"
    whole: Annotated[int, Field(ge=1, le=9)] = 1
    part: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] = 0.5
    so: bool = True
    asked: Text = "a"
    moment: AwareDatetime | None = None
    day: date | None = None
    level: Literal["none", "partial", "full"] = "none"
    inner: Inner | None = None
    items: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    table: dict[str, int] = {}


WRONG: list[dict[str, Any]] = [
    {},
    {"other": "secret"},
    *({"text": value} for value in (1, "ab", "abcdef", "ABC")),
    *({"whole": value} for value in ("secret", 1.5, 0, 10)),
    *({"part": value} for value in ("secret", 0, 1, float("nan"))),
    {"so": "secret"},
    {"asked": "a\u0000secret"},
    *({"moment": value} for value in ("secret", [], "2024-03-15T09:30:00")),
    *({"day": value} for value in ("secret", [], "2024-03-15T09:30:00")),
    {"level": "secret"},
    *({"inner": value} for value in (1, {}, {"code": 5})),
    *({"items": value} for value in ("secret", [], [1, 2, 3])),
    {"table": "secret"},
]


def faults() -> Iterator[dict[str, Any]]:
    for given in WRONG:
        with pytest.raises(ValidationError) as refused:
            Everything.model_validate(given)
        yield from refused.value.errors(include_url=False)


def test_no_sentence_is_pydantics_own_and_none_repeats_the_value() -> None:
    for fault in faults():
        sentence = input_fault(fault)
        assert isinstance(sentence, Message), fault["type"]
        english, vietnamese = sentence.render("en"), sentence.render("vi")
        assert english != fault["msg"], fault["type"]
        assert VIETNAMESE.search(vietnamese), (fault["type"], vietnamese)
        assert not VIETNAMESE.search(english)
        assert "secret" not in english + vietnamese


def test_what_a_model_refuses_by_itself_is_in_its_words() -> None:
    assert input_fault({"type": "value_error", "msg": "Value error, no", "ctx": {}}) == "Value error, no"
