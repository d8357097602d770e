"""Which keys of an event hold personal data: the marks of its schema, and `personal` of config/bus.yaml."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

from pydantic import BaseModel
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaWarningKind

from lienthong.configuration.faults import Fault, Mismatch
from lienthong.configuration.names import schema_class
from lienthong.masking import MARK, PersonalKeys, PersonalKind
from lienthong.messages import message
from lienthong.settings import Settings


def personal_keys(settings: Settings, event_type: str) -> PersonalKeys | None:
    """The personal keys of all types, or None when those of `event_type` are not known.

    They are not known when the type has no schema and `personal` is not given, or when a schema cannot be loaded.
    """
    if settings.bus.personal is None and event_type not in settings.event_types:
        return None
    try:
        return all_personal_keys(settings)
    except Mismatch:
        return None


def all_personal_keys(settings: Settings) -> PersonalKeys:
    """The personal keys of all types, and of all questions and answers.

    Raises `Mismatch` for a schema that cannot be loaded.
    """
    keys: dict[str, PersonalKind] = dict.fromkeys(settings.bus.personal or (), "other")
    asked = (dotted for request in settings.requests.values() for dotted in (request.accepts, request.answers))
    for dotted in (*settings.bus.types.values(), *asked):
        _add(keys, marked_keys(schema_class(dotted)).items())
    return keys


def marked_keys(shape: type[BaseModel]) -> PersonalKeys:
    """The keys of `shape`, and of the shapes within it, that are marked as personal data. Raises `Mismatch`."""
    return {key: kind for key, kind in _all_marks(shape).items() if kind != "none"}


_MODES: Sequence[JsonSchemaMode] = ("validation", "serialization")
"""Events carry the names of one, our own shapes those of the other."""


@cache
def json_schema(shape: type[BaseModel], mode: JsonSchemaMode) -> Mapping[str, Any]:
    """The JSON Schema of `shape`, made once. Raises what pydantic or a schema's own code raises."""
    return shape.model_json_schema(mode=mode, schema_generator=_StrictGenerator)


def _is_written_otherwise(core: object) -> bool:
    """Whether keys that a shape writes may be others than it reads. Where not, one of its JSON Schemas has all marks.

    A JSON Schema costs milliseconds, and there is one for each shape of a project at each start.
    """
    if isinstance(core, list | tuple):
        return any(map(_is_written_otherwise, core))
    if not isinstance(core, dict):
        return not (core is None or isinstance(core, str | int | float | type) or callable(core))
    if core.get("computed_fields") or not _WRITTEN.isdisjoint(core):
        return True
    return any(_is_written_otherwise(part) for key, part in core.items() if key not in _BESIDES)


_WRITTEN = frozenset({"serialization", "serialization_alias"})
"""Keys of pydantic's core schemas that state how a value is written."""

_BESIDES = frozenset({"default", "expected", "metadata", "ref"})
"""Keys that hold values or notes, no schemas."""


@cache
def _all_marks(shape: type[BaseModel]) -> PersonalKeys:
    keys: dict[str, PersonalKind] = {}
    try:
        for mode in _MODES if _is_written_otherwise(shape.__pydantic_core_schema__) else _MODES[:1]:
            schema = json_schema(shape, mode)
            _add(keys, _marks(schema, schema.get("$defs", {})))
    except Exception as error:  # noqa: BLE001 - whatever pydantic or a schema's own code raises, the marks are not known
        what = message(
            "the personal-data marks of `{name}` cannot be read ({error})",
            name=shape.__name__,
            error=type(error).__name__,
        )
        raise Mismatch(Fault("LT305", what, message("use field types that have a JSON Schema"))) from None
    return keys


def unmarked_keys(shape: type[BaseModel]) -> Sequence[str]:
    """The keys whose names speak of a person and that carry no mark. Raises `Mismatch`."""
    marked = _all_marks(shape)
    schema = json_schema(shape, "validation")
    return sorted({key for key in _keys(schema) if key not in marked and _speaks_of_a_person(key)})


_PERSONAL_NAMES = re.compile(
    r"full_?name|(citizen|identity|personal|passport|id_card|insurance|bank_account|tax)_?(number|no|pid|id)$|^pid$"
    r"|citizen_?pid|phone|mobile|e?mail$|birth_?(day|date)|date_?of_?birth"
    r"|ho_?(va_?)?ten|so_?(dinh_?danh|cmnd|cccd|giay_?to|dien_?thoai|tai_?khoan|bhxh|bhyt|ho_?chieu)|ngay_?sinh"
    r"|^(cccd|cmnd|sdt|dia_?chi|address|chu_?ho_?so)$",
    re.IGNORECASE,
)
"""Names of fields, in English and Vietnamese, that hold personal data as a rule."""


def _speaks_of_a_person(key: str) -> bool:
    return bool(_PERSONAL_NAMES.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key)))


def _keys(schema: Any) -> Iterator[str]:
    """The names of the scalar properties anywhere in a JSON Schema."""
    if isinstance(schema, list):
        for part in schema:
            yield from _keys(part)
    elif isinstance(schema, dict):
        for key, rule in schema.get("properties", {}).items():
            if "string" in str(rule) or "integer" in str(rule):
                yield key
        for keyword, part in schema.items():
            yield from _keys(list(part.values()) if keyword in ("properties", "$defs") else part)


class _StrictGenerator(GenerateJsonSchema):
    """Refuses a union with a choice that has no JSON Schema; pydantic would leave the choice and its mark out."""

    def emit_warning(self, kind: JsonSchemaWarningKind, detail: str) -> None:
        if kind == "skipped-choice":
            raise PydanticInvalidForJsonSchema(detail)
        super().emit_warning(kind, detail)


def _add(keys: dict[str, PersonalKind], marks: Iterable[tuple[str, PersonalKind]]) -> None:
    """Add marks. A key with two kinds becomes `other`, which shows nothing of its values."""
    for key, kind in marks:
        keys[key] = kind if keys.get(key, kind) == kind else "other"


def _marks(schema: Any, definitions: Mapping[str, Any]) -> Iterator[tuple[str, PersonalKind]]:
    """Every (key, kind) of the properties anywhere in a JSON Schema."""
    if isinstance(schema, list):
        for part in schema:
            yield from _marks(part, definitions)
    if not isinstance(schema, dict):
        return
    for key, rule in schema.get("properties", {}).items():
        if kind := kind_of(rule, definitions, frozenset()):
            yield key, kind
    for keyword, part in schema.items():
        yield from _marks(list(part.values()) if keyword in ("properties", "$defs") else part, definitions)


def kind_of(rule: Any, definitions: Mapping[str, Any], seen: frozenset[str]) -> PersonalKind | None:
    """The kind that marks a value of `rule`, or a value within it that has no key of its own, such as a list's item."""
    if isinstance(rule, list):
        return next((kind for part in rule if (kind := kind_of(part, definitions, seen))), None)
    if not isinstance(rule, dict):
        return None
    if MARK in rule:
        return cast(PersonalKind, rule[MARK])
    name = str(rule.get("$ref", "")).rpartition("/")[2]
    if name in definitions and name not in seen:
        return kind_of(definitions[name], definitions, seen | {name})
    return kind_of([part for keyword, part in rule.items() if keyword != "properties"], definitions, seen)
