"""What the schema of an annotation takes from its markers, and the schemas of simple types."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import NoneType
from typing import Any

import annotated_types
from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from lienthong.configuration.json_schema import vocabulary as v
from lienthong.configuration.json_schema.vocabulary import Schema
from lienthong.messages import message


def flatten(metadata: Iterable[Any]) -> Iterable[Any]:
    """The markers of an annotation, those inside of pydantic's `Field` included."""
    for marker in metadata:
        yield marker
        if isinstance(marker, FieldInfo):
            yield from marker.metadata


def documentation(field: FieldInfo) -> Schema:
    """What an editor shows of a key. Descriptions of our shapes are sentences of the catalogue."""
    described: Schema = {}
    if field.description:
        text = message(field.description)
        described = {"description": text, "markdownDescription": text}
    if isinstance(field.default, str | int):
        described["default"] = field.default
    return described


def with_bounds(schema: Schema, markers: Sequence[Any]) -> Schema:
    """`schema` with the bounds of the markers that it can express."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    for marker in markers:
        match marker:
            case annotated_types.Ge(ge=bound):
                schema = {**schema, "minimum": bound}
            case annotated_types.Gt(gt=bound):
                schema = {**schema, "exclusiveMinimum": bound}
            case annotated_types.Le(le=bound):
                schema = {**schema, "maximum": bound}
            case annotated_types.Lt(lt=bound):
                schema = {**schema, "exclusiveMaximum": bound}
            case annotated_types.MinLen(min_length=bound) if "string" in kinds:
                schema = {**schema, "minLength": bound}
            case annotated_types.MinLen(min_length=bound) if "array" in kinds:
                schema = {**schema, "minItems": bound}
    return schema


SCALARS: Mapping[type, Callable[[bool], Schema]] = {
    str: lambda substituted: v.text(substituted=substituted),
    int: lambda substituted: v.scalar(
        "integer", v.INTEGER_TEXT, message("write digits only, without quotes"), substituted=substituted
    ),
    float: lambda substituted: v.scalar(
        "number", v.NUMBER_TEXT, message("write a number, such as 0.5"), substituted=substituted
    ),
    bool: lambda substituted: v.scalar(
        "boolean", v.TRUTH_TEXT, message("write true or false"), substituted=substituted
    ),
    timedelta: lambda substituted: v.duration_text(substituted=substituted),
    Path: lambda substituted: v.text(substituted=substituted),
    AwareDatetime: lambda substituted: v.text(
        v.MOMENT, message("write for example 2023-11-15T12:00:00+07:00"), substituted=substituted
    ),
    datetime: lambda substituted: v.text(r"^\d{4}-\d{2}-\d{2}", substituted=substituted),
    date: lambda substituted: v.text(r"^\d{4}-\d{2}-\d{2}", substituted=substituted),
    NoneType: lambda _: {"type": "null"},
}
