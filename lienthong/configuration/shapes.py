"""What each kind of configuration file may say: pydantic at the edge, and its complaints in our words."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from lienthong.configuration import duration
from lienthong.configuration.document import KeyPath
from lienthong.configuration.faults import Fault, nearest


def _duration(value: object) -> timedelta:
    try:
        return duration.parse(value)
    except ValueError:
        raise PydanticCustomError("duration", "{advice}", {"advice": duration.FORM}) from None


def _pause(every: timedelta) -> timedelta:
    if not every:
        raise PydanticCustomError("pause", "write at least 1s: a source asked without a pause is a burden to its owner")
    return every


def _no_truth_value(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "a truth value is no number")
    return value


_ZONE = re.compile(r"[A-Za-z0-9_+\-]{1,30}(/[A-Za-z0-9_+\-]{1,30}){0,2}")
Duration = Annotated[timedelta, PlainValidator(_duration)]
Count = Annotated[int, BeforeValidator(_no_truth_value)]
Text = Annotated[str, Field(min_length=1)]
Parameters = dict[str, Any]


class FileShape(BaseModel):
    """A mapping that accepts no key it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class RetryFile(FileShape):
    rungs: list[Duration] | None = None
    attempts: Count | None = None
    limit: Duration | None = None


class StepFile(FileShape):
    apply: Text | None = None
    enrich: Text | None = None
    keys: Text | None = None
    lookup: Text | None = Field(None, alias="from")
    parameters: Parameters = Field(default_factory=dict, alias="with")


class RouteFile(FileShape):
    description: Text
    source: Text = Field(alias="from")
    when: str | None = None
    steps: list[StepFile] = Field(default_factory=list)
    to: list[Text]
    announce: bool = False
    retry: RetryFile = RetryFile()
    owner: Text | None = None


class PartFile(FileShape):
    """A lookup or a report."""

    use: Text
    parameters: Parameters = Field(default_factory=dict, alias="with")


class SourceFile(PartFile):
    every: Annotated[Duration, AfterValidator(_pause)]


class SinkFile(PartFile):
    retry: RetryFile = RetryFile()
    replay: Literal["idempotent", "ask", "never"] = "idempotent"
    owner: Text | None = None


class BundleFile(FileShape):
    size: Annotated[Count, Field(ge=1, le=10_000)] = 200


class BusFile(FileShape):
    bundle: BundleFile = BundleFile()
    room: Annotated[Count, Field(ge=1)] = 500
    halt_after: Annotated[Count, Field(ge=1)] = 1000
    ladder: list[Duration] | None = None
    formats: dict[str, Text] = Field(default_factory=dict)
    personal: list[Text] | None = None
    types: dict[str, Text] = Field(default_factory=dict)
    migrations: dict[str, Text] = Field(default_factory=dict)


class EnvFile(FileShape):
    """What an environment lays over the files of the same names."""

    bus: dict[str, Any] = Field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = Field(default_factory=dict)
    sinks: dict[str, dict[str, Any]] = Field(default_factory=dict)
    lookups: dict[str, dict[str, Any]] = Field(default_factory=dict)
    reports: dict[str, dict[str, Any]] = Field(default_factory=dict)


_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "datetime_type": "a date and time",
    "datetime_from_date_parsing": "a date and time",
    "datetime_parsing": "a date and time",
    "date_type": "a date",
    "date_parsing": "a date",
    "date_from_datetime_parsing": "a date",
    "timezone_aware": "a time with its offset, such as +07:00",
    "path_type": "a path",
    "callable_type": "the whole name of a function",
}
_EXAMPLES = {
    "text": 'write text, such as "abc"',
    "a list": "write it as a list: [a, b]",
    "a mapping": "write `key: value` pairs under it",
    "true or false": "write true or false",
    "a whole number": "write digits only, without quotes",
    "a date and time": "write for example 2023-11-15T12:00:00+07:00",
}


def words(value: object) -> str:
    """What kind of value this is, for a person."""
    kinds: dict[type, str] = {
        str: "text",
        bool: "true or false",
        dict: "a mapping",
        list: "a list",
        type(None): "nothing",
    }
    return kinds.get(type(value), "a number" if isinstance(value, int | float) else "a date")


def faults_of(error: ValidationError, shape: type[BaseModel] | None = None) -> Iterator[Fault]:
    """Every complaint of pydantic as a fault, with the path to its value; unknown keys find a neighbour in `shape`."""
    for details in error.errors(include_url=False, include_context=True):
        yield fault_of(details, details["loc"], shape)


def fault_of(details: ErrorDetails, path: KeyPath, shape: type[BaseModel] | None = None) -> Fault:
    """One complaint of pydantic as a fault of the value at `path`."""
    kind = details["type"]
    name = f"`{path[-1]}`" if path and isinstance(path[-1], str) else "this item"
    if kind == "extra_forbidden":
        known = _allowed(shape, path[:-1])
        return Fault("LT201", f"unknown key {name}", nearest(str(path[-1]), known), path, of_key=True)
    if kind == "missing":
        return Fault("LT202", f"the key {name} is missing", f"add `{path[-1]}: ...`", path[:-1])
    if kind == "duration":
        return Fault("LT204", f"{name} is not a duration", duration.FORM, path)
    if kind == "string_too_short":
        return Fault("LT205", f"{name} is empty", "write it, or leave the key out where it is not needed", path)
    if kind not in _WANTED:
        return Fault("LT205", f"{name} has a value that is not allowed", _allowed_values(details), path)
    return _wrong_type(name, path, _WANTED[kind], details["input"])


def _wrong_type(name: str, path: KeyPath, wanted: str, given: object) -> Fault:
    if wanted == "text" and not isinstance(given, list | dict | None):
        what = f"{name} is text, but YAML reads what stands here without quotes as {words(given)}"
        return Fault("LT112", what, "put it in quotes", path)
    what = f"{name} wants {wanted}, but {words(given)} stands here"
    return Fault("LT203", what, _EXAMPLES.get(wanted, f"write {wanted}"), path)


def _allowed_values(details: ErrorDetails) -> str:
    context: Mapping[str, Any] = details.get("ctx", {})
    if "expected" in context:
        return f"write {context['expected']}"
    return str(details["msg"])[:1].lower() + str(details["msg"])[1:]


def _allowed(shape: type[BaseModel] | None, path: tuple[str | int, ...]) -> list[str]:
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
    if get_origin(annotation) in (list, tuple, dict, Union, UnionType):
        return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
    return None
