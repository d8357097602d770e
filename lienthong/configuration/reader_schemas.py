"""The JSON Schema of an event type as its readers see it: what may stand in `data` of the events that are announced."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from lienthong.configuration.faults import Mismatch
from lienthong.configuration.names import schema_class
from lienthong.configuration.personal import json_schema, marked_keys
from lienthong.data.deprecation import Deprecation, deprecation_of
from lienthong.masking import MARK
from lienthong.settings import Settings

DIALECT = "https://json-schema.org/draft/2020-12/schema"

PERSONAL_DATA = "x-personal-data"
"""The keyword of readers' schemas for the kind of personal data that a field holds."""

DEPRECATION = "x-deprecation"

_MAPS = ("properties", "$defs")
"""Keywords whose value has schemas by name."""


def reader_schema(event_type: str, shape: type[BaseModel]) -> dict[str, Any]:
    """The schema of the type whose class is `shape`. Raises `Mismatch` for a class that has no JSON Schema.

    It does not state that there are no further fields: a later release may add some, and readers pass them over.
    """
    marked_keys(shape)  # raises where pydantic can make no schema
    schema = _for_readers(json_schema(shape, "serialization"))
    found = {"$schema": DIALECT, **schema, "title": event_type}
    stated = deprecation_of(shape)
    return found if stated is None else found | {"deprecated": True, DEPRECATION: dict(stated.as_json())}


def schema_of_type(settings: Settings, event_type: str) -> tuple[dict[str, Any], Deprecation | None] | None:
    """The schema of an event type, and its deprecation; None for a type without one. Raises `Mismatch`."""
    dotted = settings.bus.types.get(event_type)
    if dotted is None:
        return None
    shape = schema_class(dotted)
    return reader_schema(event_type, shape), deprecation_of(shape)


def has_schema(settings: Settings, event_type: str) -> bool:
    """Whether the type has a class from which a schema can be made."""
    try:
        return schema_of_type(settings, event_type) is not None
    except Mismatch:
        return False


def _for_readers(schema: Any) -> Any:
    """Without the titles that repeat the names of fields; with the marks of personal data by their public name."""
    if isinstance(schema, list):
        return [_for_readers(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _MAPS:
            found[key] = {name: _for_readers(part) for name, part in value.items()}
        elif key == MARK:
            found |= {} if value == "none" else {PERSONAL_DATA: value}
        elif key not in ("title", "default", "const", "enum", "examples"):
            if not (key == "additionalProperties" and value is False):
                found[key] = _for_readers(value)
        elif key != "title":
            found[key] = value
    return found
