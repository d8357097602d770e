"""CloudEvents 1.0 (cloudevents.io): the attributes of an event, and every fault of them.

The faults are those of the specification: `spec.md` 3 (attributes and types) and `formats/json-format.md` 2 and 3.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from lienthong.messages import Message, message

REQUIRED = ("id", "source", "type")
"""Beside `specversion`."""

VERSION = "1.0"

DATA, BINARY_DATA = "data", "data_base64"

_NAME = re.compile(r"[a-z0-9]{1,100}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_REFERENCE = re.compile(r"[^\s<>\"{}|\\^`]+")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+\s*(;.*)?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_SMALLEST, _BEYOND = -(2**31), 2**31

Fault = tuple[str, Message]
"""The name of an attribute, and what is wrong with it."""


def attributes_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event without the members that are null, which counts as absent."""
    return {name: value for name, value in event.items() if value is not None or name == DATA}


def faults_of(event: Mapping[str, Any]) -> Iterator[Fault]:
    """Every fault of an event in the JSON format."""
    if event.get("specversion") != VERSION:
        yield "specversion", message("write `{version}`: this version of CloudEvents is read here", version=VERSION)
    for name in REQUIRED:
        if name not in event:
            yield name, message("the attribute is missing")
    if DATA in event and BINARY_DATA in event:
        yield BINARY_DATA, message("an event has `data` or `data_base64`, not both")
    for name, value in event.items():
        if name not in (DATA, "specversion") and (why := _fault(name, value)) is not None:
            yield name, why


def _fault(name: str, value: object) -> Message | None:
    if not _NAME.fullmatch(name) and name != BINARY_DATA:
        return message("the name of an attribute consists of a-z and 0-9")
    check = _CHECKS.get(name)
    if check is not None:
        return check(value) if isinstance(value, str) else message("it must be a text")
    if isinstance(value, str):
        return _text_fault(value)
    if isinstance(value, bool) or (isinstance(value, int) and _SMALLEST <= value < _BEYOND):
        return None
    return message("an extension is a text, a truth value or a whole number of 32 bits")


def _text_fault(text: str) -> Message | None:
    return message("it contains a control character") if _CONTROL.search(text) else None


def _filled(text: str) -> Message | None:
    return _text_fault(text) if text.strip() else message("it must not be empty")


def _matching(pattern: re.Pattern[str], why: Callable[[], Message]) -> Callable[[str], Message | None]:
    return lambda text: None if pattern.fullmatch(text) else why()


def _moment(text: str) -> Message | None:
    try:
        if _MOMENT.fullmatch(text):
            datetime.fromisoformat(text.upper())
            return None
    except ValueError:
        pass
    return message("write a moment by RFC 3339, for example 2026-11-28T09:00:00+07:00")


def _base64(text: str) -> Message | None:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return message("it is not base64")
    return None


_CHECKS: Mapping[str, Callable[[str], Message | None]] = {
    "id": _filled,
    "type": _filled,
    "subject": _filled,
    "source": _matching(_REFERENCE, lambda: message("write a URI, or a reference to one")),
    "dataschema": _matching(_ABSOLUTE, lambda: message("write an absolute URI")),
    "datacontenttype": _matching(_MEDIA_TYPE, lambda: message("write a media type, for example application/json")),
    "time": _moment,
    BINARY_DATA: _base64,
}
