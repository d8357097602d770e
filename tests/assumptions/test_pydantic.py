"""What this project assumes of pydantic beyond its documentation.

The serializer is used by schemas/shapes.py, the details of errors by lienthong/configuration/nested_faults.py.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError


class Level(Enum):
    FIRST = "1"


class Inner(BaseModel):
    at: datetime
    level: Level


class Outer(BaseModel):
    day: date
    inner: Inner
    several: tuple[Inner, ...]
    wait: timedelta
    amount: Decimal
    nothing: None = None


class Square(BaseModel):
    kind: Literal["square"]
    side: int


class Circle(BaseModel):
    kind: Literal["circle"]
    radius: int


Figure = TypeAdapter(list[Annotated[Square | Circle, Field(discriminator="kind")]])


def test_the_serializer_of_a_class_gives_what_model_dump_gives() -> None:
    inner = Inner(at=datetime(2023, 11, 1, 3, 0, tzinfo=UTC), level=Level.FIRST)
    outer = Outer(
        day=date(2023, 11, 1), inner=inner, several=(inner, inner), wait=timedelta(seconds=90), amount=Decimal("1.50")
    )
    assert Outer.__pydantic_serializer__.to_python(outer, mode="json") == outer.model_dump(mode="json")


def test_the_location_of_an_error_in_a_union_contains_the_tag_which_is_no_key() -> None:
    with pytest.raises(ValidationError) as raised:
        Figure.validate_python([{"kind": "circle", "radius": "x"}])
    assert [error["loc"] for error in raised.value.errors()] == [(0, "circle", "radius")]


@pytest.mark.parametrize(
    ("value", "kind"), [({"side": 1}, "union_tag_not_found"), ({"kind": "line"}, "union_tag_invalid")]
)
def test_an_error_of_a_tag_quotes_its_key_and_ends_at_the_mapping(value: dict[str, object], kind: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Figure.validate_python([value])
    (error,) = raised.value.errors()
    assert (error["type"], error["loc"], error["ctx"]["discriminator"]) == (kind, (0,), "'kind'")


def test_an_unknown_tag_is_answered_with_all_known_ones() -> None:
    with pytest.raises(ValidationError) as raised:
        Figure.validate_python([{"kind": "line"}])
    assert raised.value.errors()[0]["ctx"]["expected_tags"] == "'square', 'circle'"
