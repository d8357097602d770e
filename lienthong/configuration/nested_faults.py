"""Where a complaint of pydantic lies within the value of a parameter, and what is allowed there."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from lienthong.configuration.faults import Fault, KeyPath, suggest
from lienthong.configuration.shapes.complaints import one_of, quoted_values
from lienthong.messages import message

_NAMES_A_KEY = ("missing", "extra_forbidden")
"""Complaints whose location ends with a key that is absent, or too many."""


def place(name: str, details: ErrorDetails, value: Any) -> KeyPath:
    """The path to the value at fault, from the parameter `name`.

    pydantic also lists the tags of unions in its location; they are not keys and are left out.
    """
    path: KeyPath = (name,)
    location = details["loc"]
    for index, key in enumerate(location):
        if _contains(value, key):
            value, path = value[key], (*path, key)
        elif details["type"] in _NAMES_A_KEY and index == len(location) - 1:
            path = (*path, key)
    return path


def _contains(value: Any, key: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(key, int) and key < len(value)
    return isinstance(value, dict) and key in value


def union_fault(details: ErrorDetails, path: KeyPath) -> Fault | None:
    """The fault of a mapping in which one key chooses its shape, when that key is missing or has an unknown value."""
    if details["type"] not in ("union_tag_invalid", "union_tag_not_found"):
        return None
    context = details.get("ctx", {})
    key = str(context["discriminator"]).strip("'")
    if details["type"] == "union_tag_not_found":
        what = message("the key {name} is missing", name=message("`{key}`", key=key))
        return Fault("LT202", what, message("add `{key}: ...`", key=key), path)
    what = message("`{key}` has a value that is not allowed", key=key)
    return Fault(
        "LT308", what, message("write {values}", values=one_of(quoted_values(context["expected_tags"]))), (*path, key)
    )


def unknown_key(annotation: Any, path: KeyPath) -> Fault:
    """The fault of a key that no shape within `annotation` has."""
    known = {field.alias or name for model in _models(annotation) for name, field in model.model_fields.items()}
    what = message("unknown key {name}", name=message("`{key}`", key=path[-1]))
    return Fault("LT201", what, suggest(str(path[-1]), known), path, of_key=True)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model in an annotation, those of its fields included."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _models(field.annotation)
    for part in get_args(annotation):
        yield from _models(part)
