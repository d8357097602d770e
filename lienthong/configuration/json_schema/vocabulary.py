"""The parts that schemas are put together from. Draft-07 only: editors do not know later drafts well.

A value that files write as text may also hold `${NAME}`, which is replaced when the file is read; so every such part
accepts a text with a placeholder. There is no bare `anyOf` anywhere: editors report the errors of all its branches.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from lienthong.configuration import duration
from lienthong.configuration.codes import CODES
from lienthong.messages import Message, message

Schema = dict[str, Any]

PLACEHOLDER = r"\$\{"
"""A text in which something is replaced when the file is read."""

WELL_FORMED = r"^([^$]|\$[^{]|\$\$\{|\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\})*\$?$"
"""A text whose placeholders all name a variable."""

DOTTED_NAME = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$"
INTEGER_TEXT = r"^\s*[-+]?[0-9][0-9_]*\s*$"
NUMBER_TEXT = r"^\s*[-+]?([0-9][0-9_]*)?(\.[0-9]+)?([eE][-+]?[0-9]+)?\s*$"
TRUTH_TEXT = r"^(true|false|yes|no|on|off|True|False|Yes|No|On|Off|TRUE|FALSE|YES|NO|ON|OFF)$"
MOMENT = r"^\d{4}-\d{2}-\d{2}([Tt]|\s+)\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([Zz]|[-+]\d{2}(:?\d{2})?)$"

_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
"""Milliseconds of each unit of a duration."""


def text(pattern: str | None = None, advice: Message | None = None, *, substituted: bool) -> Schema:
    """A text; with `pattern`, one that matches it or holds a placeholder. `advice` is shown for any other text."""
    schema: Schema = {"type": "string"}
    if pattern is not None:
        schema["pattern"] = either(pattern, PLACEHOLDER) if substituted else pattern
    elif substituted:
        schema["pattern"] = WELL_FORMED
        advice = CODES["LT114"].general_advice("")
    if advice is not None:
        schema["patternErrorMessage"] = advice
    return schema


def either(*patterns: str) -> str:
    """A pattern that matches what any of `patterns` matches."""
    return "|".join(patterns)


def scalar(kind: str, text_pattern: str, advice: Message, *, substituted: bool) -> Schema:
    """A number or truth value, or the text of one."""
    return text(text_pattern, advice, substituted=substituted) | {"type": [kind, "string"]}


def duration_text(*, may_be_zero: bool = True, substituted: bool = True) -> Schema:
    """A duration such as `5s`."""
    pattern = f"^{duration.PATTERN}$" if may_be_zero else f"^(?!0+[a-z])({duration.PATTERN})$"
    return text(pattern, CODES["LT204"].general_advice(""), substituted=substituted)


def rung(ladder: Sequence[timedelta]) -> Schema:
    """One of the waits of `ladder`, in any unit: `2m` is also `120s`."""
    rungs = ", ".join(map(duration.show, ladder))
    advice = message("write one of {rungs}, or add it to the ladder", rungs=rungs)
    return text(_any_of(ladder), advice, substituted=True)


def ascending(ladder: Sequence[timedelta]) -> list[Schema]:
    """For `allOf` of a list of rungs: after each of them only a longer one follows."""
    rules: list[Schema] = []
    for place in range(len(ladder) - 1):
        for number, wait in enumerate(ladder):
            before: list[Schema] = [{}] * place
            longer = ladder[number + 1 :]
            advice = message("write the rungs in ascending order, each once")
            follow: Schema = {"items": [*before, {}, text(_any_of(longer), advice, substituted=True)]}
            rules.append(
                {
                    "if": {"items": [*before, {"type": "string", "pattern": _any_of([wait])}]},
                    "then": follow if longer else {"maxItems": place + 1},
                }
            )
    return rules


def _any_of(durations: Iterable[timedelta]) -> str:
    return f"^0*({'|'.join(spelling for one in durations for spelling in _spellings(one))})$"


def _spellings(value: timedelta) -> list[str]:
    milliseconds = value // timedelta(milliseconds=1)
    return [f"{milliseconds // size}{unit}" for unit, size in _UNITS.items() if milliseconds % size == 0]


def choice(values: Iterable[Any], *, substituted: bool) -> Schema:
    """One of `values`. Without any value every text is accepted: there is nothing yet to choose from."""
    listed = list(values)
    if not listed:
        return {"type": "string", "minLength": 1}
    if not substituted:
        return {"enum": listed}
    return {"if": {"type": "string", "pattern": PLACEHOLDER}, "then": {}, "else": {"enum": listed}}


def array(items: Schema, *, minimum: int | None = None, unique: bool = False) -> Schema:
    """A list."""
    schema: Schema = {"type": "array", "items": items}
    if minimum is not None:
        schema["minItems"] = minimum
    if unique:
        schema["uniqueItems"] = True
    return schema


def mapping(
    properties: Mapping[str, Schema], *, required: Iterable[str] = (), additional: Schema | bool = False, **more: Any
) -> Schema:
    """A mapping; keys that are not in `properties` are refused, or checked against `additional`."""
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": additional, **more}
    if names := sorted(required):
        schema["required"] = names
    return schema


def nullable(schema: Schema) -> Schema:
    """`schema`, or nothing."""
    if not schema:
        return {}
    kind = schema.get("type")
    if kind is None or "enum" in schema or "if" in schema:
        return {"if": {"type": "null"}, "then": {}, "else": schema}
    kinds = kind if isinstance(kind, list) else [kind]
    return {**schema, "type": [*kinds, "null"]}


def by_value(key: str, branches: Mapping[str, Schema]) -> list[Schema]:
    """For `allOf`: where `key` has a value of `branches`, what else is then required of the mapping."""
    return [
        {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": then}
        for value, then in branches.items()
    ]
