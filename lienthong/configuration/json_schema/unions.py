"""One schema of several, distinguished by the kind of the value: an editor then shows the errors of one of them."""

from collections.abc import Sequence

from lienthong.configuration.json_schema.vocabulary import WELL_FORMED, Schema

_SCALARS = {"string", "integer", "number", "boolean", "null"}


def union(schemas: Sequence[Schema]) -> Schema:
    """A value of any of `schemas`. Accepts more than they do where their kinds of values overlap."""
    if len(schemas) == 1:
        return schemas[0]
    kinds = [_kinds(schema) for schema in schemas]
    if not all(kinds):
        return {}
    every = sorted(set().union(*kinds))
    if set(every) <= _SCALARS and any(_is_any_text(schema) for schema in schemas):
        return {"type": every, "pattern": WELL_FORMED}
    if sum(map(len, kinds)) > len(every):
        return {"type": every}
    chained: Schema = {"type": every}
    for schema, kind in zip(reversed(schemas), reversed(kinds), strict=True):
        chained = {"if": {"type": sorted(kind)}, "then": schema, "else": chained}
    return chained


def _kinds(schema: Schema) -> set[str]:
    """The kinds of values that a schema accepts; empty when that is not known."""
    if "enum" in schema:
        return {"string"} if all(isinstance(value, str) for value in schema["enum"]) else set()
    if "if" in schema and "else" in schema:
        return _kinds(schema["else"])
    kind = schema.get("type", [])
    return {kind} if isinstance(kind, str) else set(kind)


def _is_any_text(schema: Schema) -> bool:
    return schema.get("type") == "string" and schema.get("pattern", WELL_FORMED) == WELL_FORMED
