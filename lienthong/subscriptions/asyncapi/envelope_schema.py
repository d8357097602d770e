"""The schemas of an event as it is announced: the attributes of CloudEvents 1.0, and the data of one type."""

from collections.abc import Mapping
from typing import Any

RECEIVEDAT_DEPRECATION: Mapping[str, str] = {"since": "0.3.0", "successor": "recordedtime", "removed": "0.4.0"}
"""Of the attribute that was announced before the registered extension was followed."""


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


ENVELOPE: Mapping[str, Any] = {
    "type": "object",
    "description": (
        "A CloudEvents 1.0 event in the JSON format. Further attributes may be added: pass over those you do not know."
    ),
    "required": ["specversion", "id", "type", "source", "subject", "time", "recordedtime", "datacontenttype", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _text(
            "A UUID, the same each time the event comes: keep the ids you have seen. Of version 8 when a record "
            "returned to an earlier content, else of version 5.",
            format="uuid",
        ),
        "type": _text("The type and its version. A change that breaks readers is a new type."),
        "source": _text("The source of the bus it came from.", minLength=1),
        "subject": _text("What it is about, such as a dossier code; never the number of a person."),
        "time": _text("When it happened in the source (UTC).", format="date-time"),
        "recordedtime": _text("When the bus first saw it (UTC).", format="date-time"),
        "receivedat": _text(
            "The same as `recordedtime`, by its earlier name.",
            format="date-time",
            deprecated=True,
            **{"x-deprecation": dict(RECEIVEDAT_DEPRECATION)},
        ),
        "datacontenttype": {"const": "application/json"},
        "causationid": _text(
            "The `id` of the event that caused this one; of events that a sink of the bus hands back.", minLength=1
        ),
        "traceparent": _text("W3C Trace Context, where the event has a trace."),
        "tracestate": _text("That of the same trace."),
        "data": {"type": "object"},
    },
}


def event_schema(name: str, data: Mapping[str, Any], sources: list[str]) -> dict[str, Any]:
    """The schema of an event of the type `name`; `data` is a reference to the schema of its data."""
    return {
        "allOf": [
            {"$ref": "#/components/schemas/CloudEvent"},
            {
                "type": "object",
                "properties": {
                    "type": {"const": name},
                    "source": {"type": "string", "examples": sources},
                    "data": dict(data),
                },
            },
        ]
    }


def data_schemas(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a type's data and those it is made of, by their names among the components of the document."""
    parts = schema.get("$defs", {})
    whole = {key: value for key, value in schema.items() if key not in ("$defs", "$schema")}
    return {name: _moved(whole, name), **{f"{name}.{part}": _moved(rule, name) for part, rule in parts.items()}}


def _moved(schema: Any, name: str) -> Any:
    """A schema whose references lead to the components of the document."""
    if isinstance(schema, list):
        return [_moved(part, name) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: value.replace("#/$defs/", f"#/components/schemas/{name}.")
        if key == "$ref" and isinstance(value, str)
        else _moved(value, name)
        for key, value in schema.items()
    }
