"""Reading wire objects in which any key may be missing and any value may have any type.

These functions return None or an empty value where others would raise.
"""

from collections.abc import Mapping
from typing import Any

from lienthong import Rejected, clean_text
from transforms.text import clean, clean_label

_VIETNAMESE = 228
"""iGate's languageId of Vietnamese (46 is English)."""

_EXACT = 2.0**53
"""Below this a fraction still tells neighbouring whole numbers apart."""


def object_at(value: Any, key: str) -> dict[str, Any]:
    """The object under `key`, or an empty one."""
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}


def objects_at(value: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of the list under `key`; other elements are skipped."""
    inner = value.get(key)
    return [row for row in inner if isinstance(row, dict)] if isinstance(inner, list) else []


def name(value: Any) -> str | None:
    """A name of iGate, cleaned. It is text or a list of `{languageId, name}`: the Vietnamese name, else the first.

    For names of things, never of persons: they are cached (`transforms.text.clean_label`).
    """
    if isinstance(value, str):
        return clean_label(value)
    if not isinstance(value, list):
        return None
    first = None
    for row in value:
        if isinstance(row, dict) and isinstance(text := row.get("name"), str) and (found := clean_label(text)):
            if row.get("languageId") == _VIETNAMESE:
                return found
            first = first or found
    return first


def name_of(value: Any) -> str | None:
    """The name of something that iGate writes as `{id, name}`, as the name alone, or not at all."""
    return name(value.get("name") if isinstance(value, dict) else value)


def code(value: Any) -> str:
    """A value of a code list as text, "" if there is none: senders write `"1"`, `1`, `1.0` or `true` for one code."""
    if isinstance(value, str):
        text = clean_text(value)
        return {"true": "1", "false": "0"}.get(text.lower(), text)
    if isinstance(value, bool | int):
        return str(int(value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT else ""


def require_text(value: Any, field: str, why: str) -> str:
    """The text, cleaned; a whole number is read as its text, as natural keys are.

    Raises `Rejected` with the reason `why` when it is missing or blank, with its kind when it is no text.
    """
    if value is not None and not isinstance(value, str):
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise Rejected(f"phải là chữ, nhưng lại là {_kind(value)}", field=field)
    text = clean(value)
    if text is None:
        raise Rejected(why, field=field)
    return text


def _kind(value: Any) -> str:
    for kind, name in _KINDS.items():
        if isinstance(value, kind):
            return name
    return "giá trị khác"


_KINDS = {bool: "giá trị đúng/sai", float: "số lẻ", dict: "đối tượng", list: "danh sách"}
