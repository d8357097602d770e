"""The fields of a question, as its JSON Schema states them: which are one plain value, and which are personal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from lienthong.configuration.personal import json_schema, kind_of, unmarked_keys
from lienthong.masking import PersonalKind

_PLAIN = frozenset({"string", "integer", "number", "boolean", "null"})


@dataclass(frozen=True, slots=True)
class QuestionField:
    """A field under the name that callers write. `is_plain`: it is one text, number, date or truth value, or none.

    `personal`: the kind of personal data that it or its items hold; None for none. It is `other` for a field
    whose name speaks of a person and that carries no mark.
    """

    name: str
    is_plain: bool
    personal: PersonalKind | None


def question_fields(shape: type[BaseModel]) -> Mapping[str, QuestionField] | None:
    """The fields by name; None when the question is no object. Raises `Mismatch` when the schema cannot be read."""
    unmarked = unmarked_keys(shape)
    schema = json_schema(shape, "validation")
    definitions: Mapping[str, Any] = schema.get("$defs", {})
    fields: dict[str, QuestionField] = {}
    for one in _alternatives(schema, definitions, frozenset()):
        if one.get("type") != "object":
            return None
        for name, rule in one.get("properties", {}).items():
            personal: PersonalKind | None = "other" if name in unmarked else _personal(rule, definitions)
            field = QuestionField(name, _is_plain(rule, definitions), personal)
            known = fields.get(name, field)
            fields[name] = QuestionField(name, field.is_plain and known.is_plain, field.personal or known.personal)
    return fields


def _personal(rule: Any, definitions: Mapping[str, Any]) -> PersonalKind | None:
    kind = kind_of(rule, definitions, frozenset())
    return None if kind == "none" else kind


def _alternatives(
    rule: Mapping[str, Any], definitions: Mapping[str, Any], seen: frozenset[str]
) -> Iterator[Mapping[str, Any]]:
    """The rules of which one holds, without references and unions."""
    name = str(rule.get("$ref", "")).rpartition("/")[2]
    if name in definitions and name not in seen:
        yield from _alternatives(definitions[name], definitions, seen | {name})
        return
    unions = [part for keyword in ("anyOf", "oneOf", "allOf") for part in rule.get(keyword, ())]
    for part in unions:
        yield from _alternatives(part, definitions, seen)
    if not unions:
        yield rule


def _is_plain(rule: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    """A rule with `enum` or `const` alone has values of Python's scalars: pydantic states the type of all others."""
    return all(
        one.get("type") in _PLAIN or ("type" not in one and bool(one.keys() & {"enum", "const"}))
        for one in _alternatives(rule, definitions, frozenset())
    )
