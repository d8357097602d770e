"""What pydantic refuses about a value, as faults with advice."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from lienthong.configuration.faults import Fault, KeyPath, suggest
from lienthong.configuration.shapes.kinds import EXPECTED, wrong_kind
from lienthong.messages import Message, message


def faults_of(error: ValidationError, shape: type[BaseModel] | None = None) -> Iterator[Fault]:
    """Every complaint of pydantic as a fault with the path to its value; keys of `shape` help with unknown keys."""
    for details in error.errors(include_url=False, include_context=True):
        yield fault_of(details, details["loc"], shape)


def fault_of(details: ErrorDetails, path: KeyPath, shape: type[BaseModel] | None = None) -> Fault:
    """One complaint of pydantic as a fault of the value at `path`."""
    kind = details["type"]
    name = message("`{key}`", key=path[-1]) if path and isinstance(path[-1], str) else message("this item")
    if kind == "extra_forbidden":
        what = message("unknown key {name}", name=name)
        return Fault("LT201", what, suggest(str(path[-1]), _keys_at(shape, path[:-1])), path, of_key=True)
    if kind == "missing":
        advice = message("add `{key}: ...`", key=path[-1])
        return Fault("LT202", message("the key {name} is missing", name=name), advice, path[:-1])
    if kind == "duration":
        return Fault("LT204", message("{name} is not a duration", name=name), path=path)
    if kind in EXPECTED:
        return wrong_kind(name, path, EXPECTED[kind], details["input"])
    return _refused(name, path, details)


def _refused(name: Message, path: KeyPath, details: ErrorDetails) -> Fault:
    """A value of the right kind that is not allowed."""
    if details["type"] == "pause":
        advice = message("write at least 1s: polling without a pause is a load on the source")
        return Fault("LT205", message("{name} is too short", name=name), advice, path)
    if details["type"] == "string_too_short":
        advice = message("write it, or leave the key out where it is not needed")
        return Fault("LT205", message("{name} is empty", name=name), advice, path)
    what = message("{name} has a value that is not allowed", name=name)
    if details["type"] in _ADVICE:
        return Fault("LT205", what, _ADVICE[details["type"]](details.get("ctx", {})), path)
    return Fault("LT205", what, message("see the annotation of this parameter in the code"), path)


_ADVICE: Mapping[str, Callable[[Mapping[str, Any]], Message]] = {
    "literal_error": lambda context: message("write {values}", values=one_of(quoted_values(context["expected"]))),
    "enum": lambda context: message("write {values}", values=one_of(quoted_values(context["expected"]))),
    "greater_than_equal": lambda context: message(
        "write a number greater than or equal to {bound}", bound=context["ge"]
    ),
    "greater_than": lambda context: message("write a number greater than {bound}", bound=context["gt"]),
    "less_than_equal": lambda context: message("write a number less than or equal to {bound}", bound=context["le"]),
    "less_than": lambda context: message("write a number less than {bound}", bound=context["lt"]),
    "too_short": lambda context: message("write at least {bound} items", bound=context["min_length"]),
    "too_long": lambda context: message("write at most {bound} items", bound=context["max_length"]),
    "string_too_long": lambda context: message("write at most {bound} characters", bound=context["max_length"]),
    "string_pattern_mismatch": lambda context: message(
        "write a text that matches {pattern}", pattern=context["pattern"]
    ),
    "refused": lambda context: context["advice"],  # a validator that knows better; see `refusal` of the connectors
    "value_error": lambda context: message("the code that takes it answers: {reason}", reason=context["error"]),
}
"""By pydantic's type of error, what to write instead of a value that has the right kind."""


def quoted_values(listed: object) -> list[str]:
    """The values of a literal as pydantic lists them: texts in quotes, numbers without."""
    return re.findall(r"'[^']*'|\b\d+\b", str(listed))


def one_of(values: Sequence[str]) -> Message:
    """Values, of which one is to be chosen."""
    *before, last = values or ["''"]
    if not before:
        return message("{value}", value=last)
    return message("{values} or {last}", values=", ".join(before), last=last)


def _keys_at(shape: type[BaseModel] | None, path: KeyPath) -> list[str]:
    """The keys that the model at `path` within `shape` knows."""
    model = shape
    for key in path:
        if model is None or isinstance(key, int):
            continue
        field = next((f for n, f in model.model_fields.items() if (f.alias or n) == key), None)
        model = None if field is None else _model_in(field.annotation)
    return [] if model is None else [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (list, tuple, dict, Union, UnionType, Annotated):
        return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
    return None
