"""What JSON, a message and both databases can carry: finding what they cannot in a value, and replacing it.

This is the one place of the bounds on keys and depth.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import orjson

from lienthong.data.event_ids import canonical_json
from lienthong.data.text import clean_text
from lienthong.messages import Message, message

KEY_LIMIT = 500
"""Characters of a natural key. An index of PostgreSQL holds at most 2,700 bytes."""

DEPTH_LIMIT = 240
"""Levels of lists and objects in the data of a record. orjson writes 254; an event travels within a few more."""

_LISTS = 254 - DEPTH_LIMIT
"""The lists around data that `sound_json` writes."""

_VALUE_LIMIT = 1_000_000
"""Values of one record that are looked at: one that contains itself has no end."""
_FIELDS_SEARCHED = 10_000
"""Values of a record among which the field of a natural key is searched for."""
_SMALLEST, _BEYOND = -(2**63), 2**64
_HALF = re.compile("[\ud800-\udfff]")
_TOP = re.compile(r"[^.\[]+")
_FIRST_BYTE, _LAST_BYTE = 0xDC80, 0xDCFF
"""Where Python's `surrogateescape` puts bytes that are no UTF-8."""
_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"


class Unwritable:
    """A value that JSON cannot carry, as a reader of JSON leaves it: how it was written, and what is wrong with it.

    `values` are those of a name that has several. It is no dataclass, because orjson would write one.
    """

    def __init__(
        self, text: str, fault: Literal["number", "depth", "syntax", "name"] = "number", *, values: Sequence[Any] = ()
    ) -> None:
        self.text = text
        self.fault = fault
        self.values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unwritable) and (self.text, self.fault, self.values) == (
            other.text,
            other.fault,
            other.values,
        )

    def __hash__(self) -> int:
        return hash((self.text, self.fault))


class Fault(NamedTuple):
    """What is wrong with a value. `field` is its path with indexes: `fees[0].amount`; "" for the record itself."""

    field: str
    why: Message


def sound_json(data: object) -> bytes:
    """The canonical JSON of data that is an object and shallow enough to travel. Raises ValueError or TypeError.

    orjson measures the depth itself, within as many lists as `DEPTH_LIMIT` leaves it. Anything else costs more.
    """
    json = canonical_json([[[[[[[[[[[[[[data]]]]]]]]]]]]]])[_LISTS:-_LISTS]
    if json[:1] != b"{":
        raise ValueError("no object")
    return json


def is_whole(number: int) -> bool:
    """Whether JSON, as orjson writes it, can carry an integer."""
    return _SMALLEST <= number < _BEYOND


def writable(value: Any) -> tuple[Any, Fault | None]:
    """`value` as JSON can carry it, and what was wrong first.

    Texts keep what can be read of them, numbers that are too large become text, and what is too deep is cut off.
    """
    search = _Search()
    return search.sound(value, "", 0), search.fault


def key_fault(key: str, body: Mapping[str, Any]) -> Fault | None:
    """What is wrong with a natural key, if anything. The field is the one of `body` that the key was made of."""
    if _HALF.search(key):
        return Fault("", _why_half("", key))
    if len(key) <= KEY_LIMIT:
        return None
    field = _field_in(key, body)
    facts = {"count": len(key), "limit": KEY_LIMIT}
    if not field:
        return Fault("", message("the natural key has {count} characters; at most {limit} can be kept", **facts))
    return Fault(
        field,
        message(
            "`{field}` makes a natural key of {count} characters; at most {limit} can be kept", field=field, **facts
        ),
    )


def _field_in(key: str, body: Mapping[str, Any]) -> str:
    """The path of the longest text of `body` that stands in a key; "" when there is none."""
    found, longest = "", 0
    waiting: list[tuple[str, Any]] = [("", body)]
    for _ in range(_FIELDS_SEARCHED):
        if not waiting:
            break
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{path}.{name}" if path else name, part) for name, part in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}[{place}]", part) for place, part in enumerate(value)]
        elif isinstance(value, str) and len(value) > longest and clean_text(value) in key:
            found, longest = path, len(value)
    return found


class _Search:
    def __init__(self) -> None:
        self.fault: Fault | None = None
        self._left = _VALUE_LIMIT

    def sound(self, value: Any, path: str, depth: int) -> Any:
        self._left -= 1
        if self._left < 0:
            return self._bad(path, message("The record has more than {limit} values", limit=_VALUE_LIMIT))
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, int | float):
            return self._number(value, path)
        return self._other(value, path, depth)

    def _other(self, value: Any, path: str, depth: int) -> Any:
        if isinstance(value, Unwritable):
            self._bad(path, _why(value.fault, path))
            if value.values:
                return self.sound(list(value.values), path, depth)
            return _HALF.sub(_NO_CHARACTER, value.text)
        if not isinstance(value, Mapping | list | tuple):
            return self._foreign(value, path)
        if depth >= DEPTH_LIMIT:
            top = _TOP.match(path)
            field = top[0] if top else ""  # the whole path would be as long as the value is deep
            return self._bad(field, _why("depth", field), "…")
        if isinstance(value, Mapping):
            return self._object(value, path, depth)
        return [self.sound(part, f"{path}[{place}]", depth + 1) for place, part in enumerate(value)]

    def _object(self, value: Mapping[Any, Any], path: str, depth: int) -> dict[str, Any]:
        sound = {}
        for name, part in value.items():
            if not isinstance(name, str):
                self._bad(path, message("`{field}` has a name that is no text", field=path or "."))
            written = name if isinstance(name, str) else _short(name)
            text = _HALF.sub(_NO_CHARACTER, written)
            field = f"{path}.{text}" if path else text
            if text != written:
                self._bad(field, _why_half(field, written))
            sound[text] = self.sound(part, field, depth + 1)
        return sound

    def _text(self, value: str, path: str) -> str:
        if value.isascii() or not _HALF.search(value):
            return str(value)
        text: str = self._bad(path, _why_half(path, value), _HALF.sub(_NO_CHARACTER, value))
        return text

    def _number(self, value: float, path: str) -> Any:
        if is_whole(value) if isinstance(value, int) else math.isfinite(value):
            return value
        return self._bad(path, _why("number", path), _short(value))

    def _foreign(self, value: object, path: str) -> Any:
        try:  # moments, days and identifiers, which orjson writes
            return orjson.loads(orjson.dumps(value))
        except (TypeError, ValueError):
            kind = type(value).__name__
            return self._bad(
                path, message("`{field}` is of the type {kind}, which JSON does not have", field=path or ".", kind=kind)
            )

    def _bad(self, field: str, why: Message, kept: Any = None) -> Any:
        if self.fault is None:
            self.fault = Fault(field, why)
        return kept


def _why(fault: Literal["number", "depth", "syntax", "name"], field: str) -> Message:
    if fault == "number":
        return message("`{field}` contains a number that JSON cannot carry", field=field or ".")
    if fault == "depth":
        return message(
            "`{field}` is nested too deeply: more than {limit} levels", field=field or ".", limit=DEPTH_LIMIT
        )
    if fault == "name":
        return message("`{field}` stands more than once, with different values", field=field or ".")
    return message("`{field}` contains what is no JSON", field=field or ".")


def _why_half(field: str, text: str) -> Message:
    half = _HALF.search(text)
    code = ord(half[0]) if half else 0
    if _FIRST_BYTE <= code <= _LAST_BYTE:
        byte = f"0x{code - _FIRST_BYTE + 0x80:02X}"
        return message("`{field}` contains the byte {byte}, which is no UTF-8", field=field or ".", byte=byte)
    return message("`{field}` contains half of a character: U+{code}", field=field or ".", code=f"{code:04X}")


def _short(value: object) -> str:
    """A value as text. Python refuses to write integers of more than 4,300 digits in decimal."""
    try:
        return str(value)
    except ValueError:
        return hex(value) if isinstance(value, int) else type(value).__name__
