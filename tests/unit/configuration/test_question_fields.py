"""The fields of a question, of every kind that pydantic knows: which are one plain value, and which are personal."""

from datetime import date, datetime
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, RootModel

from lienthong.configuration.faults import Mismatch
from lienthong.configuration.question_fields import question_fields
from lienthong.data.asked_text import LongText, Text
from lienthong.masking import Personal


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Mixed(Enum):
    ONE = 1
    TWO = "two"


class Size(IntEnum):
    SMALL = 1


class Part(BaseModel):
    number: Text
    owner: Annotated[Text, Personal("name")]


class Plain(BaseModel):
    text: Text
    long: LongText
    whole: int
    part: float
    truth: bool
    day: date
    moment: datetime | None
    name: UUID
    literal: Literal["a", "b"]
    numbers: Literal[1, 2] | None
    constant: Literal["only"]
    colour: Colour
    mixed: Mixed | None
    size: Size = Size.SMALL
    either: int | str
    aliased: Annotated[Text, Field(alias="aliasedName")]


class Nested(BaseModel):
    items: list[Text]
    mapping: dict[str, int]
    part: Part
    maybe: Part | None
    either: Text | list[Text]
    anything: Any
    pair: tuple[int, int]
    owners: list[Annotated[Text, Personal("name")]]


class Tree(BaseModel):
    label: Text
    below: "list[Tree]" = []


class OneOf(RootModel[Part | Tree]):
    """Either of two objects."""


class Free(RootModel[dict[str, int]]):
    """An object without declared fields."""


class Unmarked(BaseModel):
    phone: Text
    email: Annotated[Text, Personal("none")]


class Unreadable(BaseModel, arbitrary_types_allowed=True):
    tool: memoryview


def plain(shape: type[BaseModel]) -> dict[str, bool]:
    fields = question_fields(shape)
    assert fields is not None
    return {name: field.is_plain for name, field in fields.items()}


def test_one_value_of_any_kind_is_plain() -> None:
    fields = plain(Plain)
    assert [name for name, is_plain in fields.items() if not is_plain] == []
    assert "aliasedName" in fields  # as callers write it


def test_what_holds_several_values_is_not() -> None:
    assert not any(plain(Nested).values())
    assert plain(Tree) == {"label": True, "below": False}


def test_the_fields_of_a_union_are_those_of_its_members() -> None:
    assert set(plain(OneOf)) == {"number", "owner", "label", "below"}
    assert plain(Free) == {}


@pytest.mark.parametrize("shape", [RootModel[int], RootModel[list[Part]], RootModel[Part | int]])
def test_what_may_be_no_object_has_no_fields(shape: type[BaseModel]) -> None:
    assert question_fields(shape) is None


def test_personal_data_is_found_by_its_mark_and_by_its_name() -> None:
    personal = {}
    for shape in (Nested, OneOf, Unmarked):
        personal |= {name: field.personal for name, field in (question_fields(shape) or {}).items() if field.personal}
    assert personal == {"owners": "name", "owner": "name", "phone": "other"}


def test_a_schema_that_cannot_be_read_is_a_mismatch() -> None:
    with pytest.raises(Mismatch):
        question_fields(Unreadable)
