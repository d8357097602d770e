"""Annotations of the project's code as schemas."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from lienthong.configuration.json_schema import vocabulary as v
from lienthong.configuration.json_schema.annotation_schema import AnnotationSchema
from lienthong.configuration.json_schema.project_names import ProjectNames
from lienthong.configuration.shapes.fields import Count
from lienthong.ports import SourceName, Table

NAMES = ProjectNames({"table": ["kinds"], "source": ["office"]}, [timedelta(seconds=5)])
SCHEMAS = AnnotationSchema(NAMES, substituted=False)


class ByPage(BaseModel):
    model_config = ConfigDict(extra="forbid")
    by: Literal["page"]
    size: int = 5


class ByToken(BaseModel):
    model_config = ConfigDict(extra="forbid")
    by: Literal["token"]
    inside: "ByToken | None" = None


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (str, {"type": "string"}),
        (Path, {"type": "string"}),
        (Any, {}),
        (Table, {"enum": ["kinds"]}),
        (SourceName, {"enum": ["office"]}),
        (Literal["a", "b"], {"enum": ["a", "b"]}),
        (list[str], {"type": "array", "items": {"type": "string"}}),
        (tuple[str, ...], {"type": "array", "items": {"type": "string"}}),
        (Mapping[str, Any], {"type": "object", "properties": {}, "additionalProperties": True}),
        (str | None, {"type": ["string", "null"]}),
        (Annotated[str, Field(min_length=2)], {"type": "string", "minLength": 2}),
        (Annotated[str, BeforeValidator(str)], {}),
    ],
)
def test_an_annotation_has_a_schema(annotation: Any, schema: v.Schema) -> None:
    assert SCHEMAS.of(annotation) == schema


@pytest.mark.parametrize("annotation", [int, Count])
def test_a_number_may_be_written_as_text(annotation: Any) -> None:
    schema = SCHEMAS.of(Annotated[annotation, Field(ge=1)])
    assert (schema["type"], schema["pattern"], schema["minimum"]) == (["integer", "string"], v.INTEGER_TEXT, 1)


def test_a_function_is_a_dotted_name() -> None:
    assert SCHEMAS.of(Callable[[str], Any])["pattern"] == v.DOTTED_NAME


def test_a_model_accepts_its_keys_alone() -> None:
    schema = SCHEMAS.of(ByPage)
    assert (set(schema["properties"]), schema["required"], schema["additionalProperties"]) == (
        {"by", "size"},
        ["by"],
        False,
    )


def test_one_key_chooses_the_shape() -> None:
    schema = SCHEMAS.of(Annotated[ByPage | ByToken, Field(discriminator="by")])
    assert schema["properties"]["by"] == {"enum": ["page", "token"]}
    assert [branch["if"]["properties"]["by"] for branch in schema["allOf"]] == [{"const": "page"}, {"const": "token"}]


def test_a_model_within_itself_is_not_followed() -> None:
    assert SCHEMAS.of(ByToken)["properties"]["inside"] == {}
