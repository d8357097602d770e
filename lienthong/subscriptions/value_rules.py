"""What readers are promised of a single value: its values, its form and its bounds."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lienthong.messages import Message, message

Fault = tuple[str, Message]
"""The kind of a break, and what is wrong in words."""

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EXACT = ("pattern", "multipleOf", "uniqueItems", "contentEncoding")


def value_faults(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Fault]:
    """What a reader of `old` would stumble over in a value of `new`; both are of one type."""
    yield from _values(old, new)
    if old.get("format") != new.get("format"):
        yield (
            "format",
            message("the format was {was}, and is {now} now", was=old.get("format", "–"), now=new.get("format", "–")),
        )
    yield from _bounds(old, new, _LOWER, lambda was, now: now < was)
    yield from _bounds(old, new, _UPPER, lambda was, now: now > was)
    yield from _bounds(old, new, _EXACT, lambda was, now: now != was)


def _values(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Fault]:
    before, after = _stated_values(old), _stated_values(new)
    if before is None:
        return
    if after is None:
        yield "values", message("the values were listed, and may be any now")
        return
    if added := [value for value in after if value not in before]:
        yield "value-new", message("values that readers do not know: {values}", values=", ".join(map(str, added)))
    if gone := [value for value in before if value not in after]:
        yield "value-gone", message("values that do not come any more: {values}", values=", ".join(map(str, gone)))


def _stated_values(schema: Mapping[str, Any]) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return list(schema["enum"]) if "enum" in schema else None


def _bounds(
    old: Mapping[str, Any], new: Mapping[str, Any], keys: tuple[str, ...], breaks: Callable[[Any, Any], bool]
) -> Iterator[Fault]:
    for key in keys:
        if key in old and (key not in new or breaks(old[key], new[key])):
            yield (
                "bound",
                message("`{key}` was {was}, and is {now} now", key=key, was=old[key], now=new.get(key, "–")),
            )
