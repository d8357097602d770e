"""Whether a schema still keeps what an earlier one has promised to readers. Pure: two JSON Schemas in, sentences out.

A reader relies on every field that it was promised, on the kind of each value, and on the values that were listed.
So the new schema may only allow what the old one allowed. Further fields are no harm: readers pass over what they do
not know. A value of an enumeration that is gone is harm too: who waits for it would wait for ever.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lienthong.messages import Message, message
from lienthong.subscriptions.value_rules import Fault, value_faults

Schema = Mapping[str, Any]

_KINDS = ("anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Break:
    """What readers would stumble over. `path`: the field, from the top of `data`, such as `components[].digitised`."""

    path: str
    kind: str
    what: Message


def breaks(old: Schema, new: Schema) -> list[Break]:
    """Everything in `new` that breaks readers of `old`, by field; nothing when it can follow it."""
    comparison = _Comparison(old.get("$defs", {}), new.get("$defs", {}))
    return sorted(comparison.of(old, new, ""), key=lambda found: (found.path, found.kind))


def differs(old: Schema, new: Schema) -> bool:
    """Whether the schemas differ in more than their descriptions."""
    return bool(_bare(old) != _bare(new))


def _bare(schema: Any, *, names: bool = False) -> Any:
    """The schema without what only describes it. `names`: the keys are names of fields or of schemas."""
    if isinstance(schema, list):
        return [_bare(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: _bare(part, names=not names and key in ("properties", "$defs"))
        for key, part in schema.items()
        if names or key not in ("description", "title", "$schema")
    }


@dataclass(slots=True)
class _Comparison:
    """`seen`: pairs of definitions that are compared already: schemas that contain themselves come to an end."""

    old_definitions: Mapping[str, Schema]
    new_definitions: Mapping[str, Schema]
    seen: set[tuple[str, str]] = field(default_factory=set)

    def of(self, old: Schema, new: Schema, path: str) -> Iterator[Break]:
        pair = (str(old.get("$ref", "")), str(new.get("$ref", "")))
        if any(pair) and pair in self.seen:
            return
        if all(pair):
            self.seen.add(pair)
        before, after = _choices(old, self.old_definitions), _choices(new, self.new_definitions)
        if not all(before):  # it promised nothing: any value may stand there
            return
        for choice in after:
            yield from self._choice(before, choice, path)

    def _choice(self, before: Sequence[Schema], choice: Schema, path: str) -> Iterator[Break]:
        """The breaks of one kind of value, against the kind that was promised and suits it best."""
        alike = [one for one in before if _suits(_type(one), _type(choice))]
        if not alike:
            yield Break(path, *_other_type(before, choice))
            return
        if len(alike) == 1:
            yield from self._same_type(alike[0], choice, path)
            return
        each = [list(self._apart()._same_type(one, choice, path)) for one in alike]
        yield from min(each, key=len)

    def _apart(self) -> "_Comparison":
        """The same comparison, with what it has seen kept for itself."""
        return _Comparison(self.old_definitions, self.new_definitions, set(self.seen))

    def _same_type(self, old: Schema, new: Schema, path: str) -> Iterator[Break]:
        for kind, what in value_faults(old, new):
            yield Break(path, kind, what)
        yield from self._object(old, new, path)
        if "items" in old:
            yield from self.of(old["items"], new.get("items", {}), f"{path}[]")
        for place, item in enumerate(old.get("prefixItems", ())):
            later: Sequence[Schema] = new.get("prefixItems", ())
            yield from self.of(item, later[place] if place < len(later) else {}, f"{path}[{place}]")

    def _object(self, old: Schema, new: Schema, path: str) -> Iterator[Break]:
        fields, required = new.get("properties", {}), new.get("required", ())
        for name, rule in old.get("properties", {}).items():
            below = f"{path}.{name}" if path else name
            if name not in fields:
                yield Break(below, "removed", message("the field is gone"))
                continue
            if name in old.get("required", ()) and name not in required:
                yield Break(below, "optional", message("the field was always there, and may be left out now"))
            yield from self.of(rule, fields[name], below)
        values = old.get("additionalProperties")
        if isinstance(values, Mapping):
            later = new.get("additionalProperties", {})
            yield from self.of(values, later if isinstance(later, Mapping) else {}, f"{path}{{}}")


def _choices(schema: Schema, definitions: Mapping[str, Schema]) -> list[Schema]:
    """The kinds of values that a schema allows, each with one type; an empty one allows any."""
    if "$ref" in schema:
        return _choices(definitions.get(str(schema["$ref"]).rpartition("/")[2], {}), definitions)
    for key in _KINDS:
        if key in schema:
            return [choice for one in schema[key] for choice in _choices(one, definitions)]
    if len(schema.get("allOf", ())) == 1:
        return _choices(schema["allOf"][0], definitions)
    types = schema.get("type")
    if isinstance(types, list):
        return [{**schema, "type": one} for one in types]
    describing = ("description", "title", "default", "examples", "deprecated")
    return [{key: value for key, value in schema.items() if key not in describing and not key.startswith("x-")}]


def _type(schema: Schema) -> str:
    if "type" in schema:
        return str(schema["type"])
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    kinds = {_JSON.get(type(value), "") for value in values}
    return kinds.pop() if len(kinds) == 1 else ""


_JSON = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def _suits(old: str, new: str) -> bool:
    return old == new or (old == "number" and new == "integer")


def _other_type(before: Sequence[Schema], choice: Schema) -> Fault:
    was = ", ".join(dict.fromkeys(_type(one) or "?" for one in before))
    now = _type(choice)
    if now == "null":
        return "nullable", message("the value was never null, and may be now")
    if not now:
        return "type", message("the value was of the kind {was}, and may be any now", was=was)
    return "type", message("the value was of the kind {was}, and may be {now} now", was=was, now=now)
