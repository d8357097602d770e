"""Reading wire objects that may lack anything and hold anything: no answer, instead of an error."""

from collections.abc import Mapping
from typing import Any

from lienthong import Rejected
from transforms.text import clean, label

_VIETNAMESE = 228
"""iGate's languageId of Vietnamese (46 is English)."""


def part(value: Any, key: str) -> dict[str, Any]:
    """The object under `key`, or an empty one."""
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}


def rows(value: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of the list under `key`; what is no object in it is passed over."""
    inner = value.get(key)
    return [row for row in inner if isinstance(row, dict)] if isinstance(inner, list) else []


def name(value: Any) -> str | None:
    """A name of iGate, cleaned: text, or a list of `{languageId, name}`: the Vietnamese one, else the first.

    The name of a thing, never of a person: it is remembered (`transforms.text.label`).
    """
    if isinstance(value, str):
        return label(value)
    if not isinstance(value, list):
        return None
    other = None
    for row in value:
        if isinstance(row, dict) and isinstance(text := row.get("name"), str) and (found := label(text)):
            if row.get("languageId") == _VIETNAMESE:
                return found
            other = other or found
    return other


def name_in(value: Any) -> str | None:
    """The name of something iGate writes as `{id, name}`, as the name alone, or not at all."""
    return name(value.get("name") if isinstance(value, dict) else value)


def code(value: Any) -> str:
    """A value of a code list as text: senders write `"1"`, `1`, `1.0` and `true` for the same thing. "" if none."""
    if isinstance(value, str):
        text = value.strip()
        return {"true": "1", "false": "0"}.get(text.lower(), text)
    if isinstance(value, bool | int):
        return str(int(value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else ""


def required(value: Any, field: str, why: str) -> str:
    """Text that must be there, trimmed. Raises `Rejected` with `why` when it is missing or blank."""
    text = clean(value)
    if text is None:
        raise Rejected(why, field=field)
    return text
