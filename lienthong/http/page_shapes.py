"""Shapes of the OpenAPI document for `/docs`: their fields in a table, and an example of a body."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Schemas = Mapping[str, Any]
"""The schemas of the document, by name."""

_CHOICES = ("anyOf", "oneOf", "allOf")

MOST_NESTED = 8
"""How deep an example goes into shapes that contain each other."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table. The cells are HTML; the head is text."""
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def as_json(value: Any) -> str:
    return f"<pre>{escape(json.dumps(value, ensure_ascii=False, indent=1))}</pre>"


def shape(schema: Mapping[str, Any]) -> str:
    """The fields of a shape; what has no fields is shown as JSON Schema."""
    fields = schema.get("properties")
    if not fields:
        return as_json(schema)
    required = schema.get("required", ())
    rows = [
        (
            f"<code>{escape(name)}</code>",
            kind(field),
            "yes" if name in required else "",
            escape(field.get("description", "")),
        )
        for name, field in fields.items()
    ]
    about = f'<p class="text">{escape(schema["description"])}</p>' if schema.get("description") else ""
    return about + table(("Field", "Type", "Required", "Meaning"), rows)


def kind(schema: Mapping[str, Any]) -> str:
    """The type of a value, as HTML: names of shapes are links."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}"><code>{name}</code></a>'
    for choice in _CHOICES:
        if choice in schema:
            return " or ".join(kind(one) for one in schema[choice])
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return ", ".join(f"<code>{escape(json.dumps(value, ensure_ascii=False))}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    words = [schema.get("format", ""), schema.get("type", "any")]
    return escape(" ".join(word for word in words if word))


def example(schema: Mapping[str, Any], schemas: Schemas, depth: int = 0) -> Any:
    """A value of a shape, from the examples of its fields; None where nothing states one."""
    if depth > MOST_NESTED:
        return None
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth + 1)
    stated = next(iter(schema.get("examples", ())), schema.get("default"))
    return _build_example(schema, schemas, depth) if stated is None else stated


def _build_example(schema: Mapping[str, Any], schemas: Schemas, depth: int) -> Any:
    if "properties" in schema:
        required = schema.get("required", ())
        fields = schema["properties"].items()
        shown = [(name, field) for name, field in fields if name in required or field.get("examples")]
        return {name: example(field, schemas, depth + 1) for name, field in shown}
    if schema.get("type") == "array":
        inner = example(schema.get("items", {}), schemas, depth + 1)
        return [] if inner is None else [inner]
    choices = [one for choice in _CHOICES for one in schema.get(choice, ())]
    found = (value for one in choices if (value := example(one, schemas, depth + 1)) is not None)
    simple = schema.get("const", _SIMPLE.get(schema.get("type", "")))
    return next(found, next(iter(schema.get("enum", ())), simple))


_SIMPLE: Mapping[str, Any] = {"string": "…", "integer": 1, "number": 1, "boolean": True}
