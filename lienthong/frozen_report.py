"""A report's document as bytes, so that it can be rendered later, elsewhere, from the data of then.

The same document gives the same bytes. Its figures name many events, and one event is behind many figures: ids stand
once in a list, and a figure has their numbers in it.
"""

from array import array
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from sys import byteorder
from typing import Any

import orjson

from lienthong import report
from lienthong.report import Document, Figure

KIND, VALUE = "lienthong:kind", "value"
"""The keys of an object that stands for something that JSON does not have."""

_FORM = 1
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
_SHAPES: Mapping[str, Any] = {
    name: shape for name, shape in vars(report).items() if isinstance(shape, type) and is_dataclass(shape)
}
_SIDES = ("numerator", "denominator")
_NUMBERS = "I"
"""Unsigned integers of four bytes."""

# A datetime is a date, too: the first kind that fits counts.
_SCALARS: Sequence[tuple[str, type, Callable[[Any], str], Callable[[str], Any]]] = (
    ("moment", datetime, datetime.isoformat, datetime.fromisoformat),
    ("day", date, date.isoformat, date.fromisoformat),
    ("decimal", Decimal, str, Decimal),
)
_READ = {kind: read for kind, _, _, read in _SCALARS}


def freeze(document: Document) -> bytes:
    """The document as UTF-8 JSON. Raises TypeError for a value that no renderer could show either."""
    ids: dict[str, int] = {}
    content = orjson.dumps(document, default=lambda value: _tag(value, ids), option=_OPTIONS)
    return orjson.dumps({"form": _FORM, "ids": list(ids)}) + b"\n" + content


def thaw(frozen: bytes) -> Document:
    """The document again. Sequences are lists."""
    head, _, content = frozen.partition(b"\n")
    found = _untag(orjson.loads(content), orjson.loads(head)["ids"])
    if not isinstance(found, Document):
        raise TypeError(type(found).__name__)
    return found


def _tag(value: Any, ids: dict[str, int]) -> Any:
    """What stands in JSON for a value that is none of JSON's own."""
    for kind, scalar, write, _ in _SCALARS:
        if isinstance(value, scalar):
            return {KIND: kind, VALUE: write(value)}
    if type(value).__name__ in _SHAPES:
        content = {one.name: getattr(value, one.name) for one in fields(value)}
        if isinstance(value, Figure):
            content |= {side: _numbers(content[side], ids) for side in _SIDES}
        return {KIND: type(value).__name__, VALUE: content}
    plain: Sequence[tuple[type, Callable[[Any], Any]]] = ((str, str.__str__), (Mapping, dict), (Sequence, list))
    for kind_of, make in plain:
        if isinstance(value, kind_of):  # a subclass, such as a message
            return make(value)
    raise TypeError(type(value).__name__)


def _untag(value: Any, ids: Sequence[str]) -> Any:
    if isinstance(value, list):
        return [_untag(one, ids) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() != {KIND, VALUE}:
        return {key: _untag(one, ids) for key, one in value.items()}
    kind, content = value[KIND], value[VALUE]
    if kind in _READ:
        return _READ[kind](content)
    shape = _SHAPES[kind]
    known = {one.name for one in fields(shape)}
    found = {name: _untag(one, ids) for name, one in content.items() if name in known}
    if shape is Figure:
        found |= {side: _events(content[side], ids) for side in _SIDES}
    return shape(**found)


def _numbers(events: Sequence[str] | None, ids: dict[str, int]) -> str | None:
    if events is None:
        return None
    found = array(_NUMBERS, [ids.setdefault(event, len(ids)) for event in events])
    if byteorder == "big":
        found.byteswap()
    return b64encode(found.tobytes()).decode("ascii")


def _events(numbers: str | None, ids: Sequence[str]) -> list[str] | None:
    if numbers is None:
        return None
    found = array(_NUMBERS, b64decode(numbers))
    if byteorder == "big":
        found.byteswap()
    return [ids[number] for number in found]
