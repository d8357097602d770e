"""Faults inside of a parameter that is a mapping with a shape of its own, or one of several shapes."""

from datetime import timedelta
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.shapes import Count, Duration


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ByPage(Shape):
    by: Literal["page"]
    size: Count | None = None
    wait: Duration = timedelta(0)


class ByToken(Shape):
    by: Literal["token"]
    next: str


class Reader:
    def __init__(
        self,
        site: object,
        *,
        paging: Annotated[ByPage | ByToken, Field(discriminator="by")] | None = None,
        first: ByPage | None = None,
        several: tuple[ByPage, ...] = (),
    ) -> None: ...


def test_a_nested_value_is_read_as_everywhere_else() -> None:
    given = {"paging": {"by": "page", "size": "5", "wait": "5s"}}
    assert bind(Reader, given, tables={}) == {"paging": ByPage(by="page", size=5, wait=timedelta(seconds=5))}


@pytest.mark.parametrize(
    ("given", "code", "path", "advice"),
    [
        ({"paging": {"by": "page", "size": "x"}}, "LT308", ("paging", "size"), ""),
        ({"paging": {"by": "page", "size": True}}, "LT308", ("paging", "size"), ""),
        ({"paging": {"by": "page", "wait": 5}}, "LT204", ("paging", "wait"), ""),
        ({"paging": {"by": "token"}}, "LT202", ("paging",), "next"),
        ({"paging": {"by": "tokn"}}, "LT308", ("paging", "by"), "'page' or 'token'"),
        ({"paging": {}}, "LT202", ("paging",), "by"),
        ({"paging": {"by": "page", "sizes": 5}}, "LT201", ("paging", "sizes"), "size"),
        ({"paging": 5}, "LT308", ("paging",), ""),
        ({"first": {"by": "page", "sizes": 5}}, "LT201", ("first", "sizes"), "size"),
        ({"first": {}}, "LT202", ("first",), "by"),
        ({"several": [{"by": "page"}, {"by": "page", "size": "x"}]}, "LT308", ("several", 1, "size"), ""),
        ({"several": [{"by": "page"}, {}]}, "LT202", ("several", 1), "by"),
    ],
)
def test_a_nested_fault_names_its_own_key(given: dict[str, Any], code: str, path: Any, advice: str) -> None:
    with pytest.raises(Mismatch) as error:
        bind(Reader, given, tables={})
    (fault,) = error.value.faults
    assert (fault.code, fault.path) == (code, path)
    assert advice in fault.advice_for()
