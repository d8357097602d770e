"""What breaks readers and what does not: every field of every released schema, changed in each way there is."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lienthong.subscriptions.compatibility import breaks, differs

CONTRACTS = sorted((Path(__file__).parents[3] / "docs" / "contracts").glob("*.json"))

Schema = dict[str, Any]
Place = tuple[str, Schema, str]
"""A field's path, the schema of the object that has it, and its name."""


def _set(rule: Schema, new: Schema) -> None:
    rule.clear()
    rule.update(new)


def _is_nullable(rule: Schema) -> bool:
    return {"type": "null"} in rule.get("anyOf", ())


def _values(rule: Schema) -> list[Any] | None:
    found = [one["enum"] for one in (rule, *rule.get("anyOf", ())) if "enum" in one]
    return found[0] if found else None


def _remove(owner: Schema, name: str) -> bool:
    del owner["properties"][name]
    owner["required"] = [one for one in owner.get("required", ()) if one != name]
    return True


def _make_optional(owner: Schema, name: str) -> bool:
    was = name in owner.get("required", ())
    owner["required"] = [one for one in owner.get("required", ()) if one != name]
    return was


def _make_nullable(owner: Schema, name: str) -> bool:
    rule = owner["properties"][name]
    was = _is_nullable(rule)
    _set(rule, {"anyOf": [dict(rule), {"type": "null"}]})
    return not was


def _make_another_type(owner: Schema, name: str) -> bool:
    rule = owner["properties"][name]
    kinds = {one.get("type", "object") for one in rule.get("anyOf", (rule,))}
    _set(rule, {"type": "string" if "string" not in kinds else "boolean"})
    return True


def _add_a_type(owner: Schema, name: str) -> bool:
    rule = owner["properties"][name]
    _set(rule, {"anyOf": [*rule.get("anyOf", (dict(rule),)), {"type": "number"}]})
    return True


def _allow_anything(owner: Schema, name: str) -> bool:
    _set(owner["properties"][name], {})
    return True


def _change_the_format(owner: Schema, name: str) -> bool:
    rule = owner["properties"][name]
    texts = [one for one in rule.get("anyOf", (rule,)) if one.get("type") == "string" and "enum" not in one]
    for one in texts:
        one["format"] = "uri"
    return bool(texts)


def _add_a_value(owner: Schema, name: str) -> bool:
    values = _values(owner["properties"][name])
    return values is not None and not values.append("quite-new")


def _take_a_value(owner: Schema, name: str) -> bool:
    values = _values(owner["properties"][name])
    return values is not None and bool(values.pop())


BREAKING: dict[str, Callable[[Schema, str], bool]] = {
    "removed": _remove,
    "optional": _make_optional,
    "nullable": _make_nullable,
    "type": _make_another_type,
    "type ": _add_a_type,
    "type  ": _allow_anything,
    "format": _change_the_format,
    "value-new": _add_a_value,
    "value-gone": _take_a_value,
}
"""By kind of break, what is done to a field; False where it cannot be done to this one."""


def _describe(owner: Schema, name: str) -> bool:
    owner["properties"][name]["description"] = "Another sentence."
    owner["description"] = "Another one."
    return True


def _promise_more(owner: Schema, name: str) -> bool:
    owner["required"] = sorted({*owner.get("required", ()), name})
    return True


def _never_null(owner: Schema, name: str) -> bool:
    rule = owner["properties"][name]
    if not _is_nullable(rule):
        return False
    rule["anyOf"].remove({"type": "null"})
    return True


def _add_fields(owner: Schema, name: str) -> bool:
    owner["properties"] |= {f"{name}_more": {"type": "string"}, f"{name}_most": {"type": "integer"}}
    owner["required"] = [*owner.get("required", ()), f"{name}_most"]
    return True


def _mark(owner: Schema, name: str) -> bool:
    owner["properties"][name]["x-personal-data"] = "other"
    return True


HARMLESS = (_describe, _promise_more, _never_null, _add_fields, _mark)


def _fields_of(schema: Schema) -> Iterator[Place]:
    """The fields of the object, and those one level below, which stand in definitions."""
    definitions = schema.get("$defs", {})
    for name, rule in schema["properties"].items():
        yield name, schema, name
        text = json.dumps(rule)
        for inner, part in definitions.items():
            if f'#/$defs/{inner}"' in text:
                for below in part.get("properties", {}):
                    many = "[]" if '"items"' in text else ""
                    yield f"{name}{many}.{below}", part, below


def _changed(schema: Schema, place: int, change: Callable[[Schema, str], bool]) -> tuple[Schema, str] | None:
    copied = copy.deepcopy(schema)
    path, owner, name = list(_fields_of(copied))[place]
    return (copied, path) if change(owner, name) else None


def _load(path: Path) -> tuple[Schema, int]:
    schema = json.loads(path.read_text(encoding="utf-8"))
    return schema, len(list(_fields_of(schema)))


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_a_schema_keeps_its_own_promises(path: Path) -> None:
    schema, _ = _load(path)
    assert breaks(schema, copy.deepcopy(schema)) == []
    assert not differs(schema, copy.deepcopy(schema))


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_each_change_that_breaks_readers_is_found_at_its_field(path: Path) -> None:
    schema, fields = _load(path)
    tried = 0
    for place in range(fields):
        for kind, change in BREAKING.items():
            if (changed := _changed(schema, place, change)) is not None:
                tried += 1
                found = {(one.path, one.kind) for one in breaks(schema, changed[0])}
                assert (changed[1], kind.strip()) in found, (changed[1], kind)
                assert all(_is_about(one_path, changed[1]) for one_path, _ in found), (changed[1], kind, found)
    assert tried >= 5 * fields


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_what_only_adds_breaks_no_reader(path: Path) -> None:
    schema, fields = _load(path)
    for place in range(fields):
        for change in HARMLESS:
            if (changed := _changed(schema, place, change)) is not None:
                assert breaks(schema, changed[0]) == [], (changed[1], change.__name__)


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ({"type": "integer"}, {"type": "number"}, ["type"]),
        ({"type": "number"}, {"type": "integer"}, []),
        ({}, {"type": "string"}, []),
        ({"type": "string"}, {}, ["type"]),
        ({"type": ["string", "null"]}, {"type": "string"}, []),
        ({"const": "a"}, {"enum": ["a", "b"]}, ["value-new"]),
        ({"enum": ["a", "b"]}, {"type": "string"}, ["values"]),
        ({"type": "string"}, {"type": "string", "enum": ["a"]}, []),
        ({"type": "integer", "minimum": 1}, {"type": "integer"}, ["bound"]),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 2}, []),
        ({"type": "integer", "maximum": 5}, {"type": "integer", "maximum": 6}, ["bound"]),
        ({"type": "string", "pattern": "a"}, {"type": "string", "pattern": "b"}, ["bound"]),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array"}, ["type"]),
        (
            {"type": "array", "prefixItems": [{"type": "string"}]},
            {"type": "array", "prefixItems": [{"type": "null"}]},
            ["nullable"],
        ),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"type": "object"}, ["type"]),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, {"type": "integer"}, []),
        (
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "string", "format": "date"}]},
            {"type": "string", "format": "date"},
            [],
        ),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}}, {"type": "string"}, []),
        ({"allOf": [{"$ref": "#/$defs/A"}], "$defs": {"A": {"type": "string"}}}, {"type": "integer"}, ["type"]),
    ],
)
def test_the_rule_of_each_keyword(old: Schema, new: Schema, kinds: list[str]) -> None:
    assert [one.kind for one in breaks(old, new)] == kinds


def test_a_definition_that_contains_itself_comes_to_an_end() -> None:
    def tree(leaf: str) -> Schema:
        node = {
            "type": "object",
            "properties": {"leaf": {"type": leaf}, "below": {"type": "array", "items": {"$ref": "#/$defs/Node"}}},
        }
        return {"$ref": "#/$defs/Node", "$defs": {"Node": node}}

    assert [(one.path, one.kind) for one in breaks(tree("string"), tree("integer"))] == [("leaf", "type")]
    assert breaks(tree("string"), tree("string")) == []


def _is_about(found: str, changed: str) -> bool:
    """Whether a break is of the changed field, or of the same definition where it is used once more."""
    return found.rpartition(".")[2].rstrip("[]") == changed.rpartition(".")[2].rstrip("[]") or found.startswith(changed)
