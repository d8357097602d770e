"""Values of JSON as a column of a database takes them."""

import base64
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from lienthong.envelope import LOCAL_ZONE, canonical_json

_TRUTH = {"true": True, "false": False, "1": True, "0": False}


def column_value(value: Any, python_type: type | None, *, has_offset: bool) -> Any:
    """The value for a column whose driver wants `python_type`; None stays null. Raises ValueError.

    - Text columns take text as it is, and numbers, truth values, lists and objects as JSON. NUL is refused.
    - Number, truth and time columns take the value itself or its text; whole numbers must have no fraction.
    - Moments are ISO 8601. Without an offset they are local time, and a column without an offset gets local time.
    - Bytes come from base64. JSON columns take everything.
    """
    if value is None:
        return None
    if python_type is datetime:
        moment = _moment(value)
        return moment if has_offset else moment.astimezone(LOCAL_ZONE).replace(tzinfo=None)
    if python_type is None:  # a type that SQLAlchemy does not know
        return _text(value) if isinstance(value, list | dict) else value
    convert = _CONVERSIONS.get(python_type)
    return convert(value) if convert else value


def no_later_than(seen: datetime, value: Any) -> Any:
    """A value of a column, but the moment `seen` in its place when it is a later one: nothing changes in the future.

    Moments, days, and texts of them (ISO 8601, yyyyMMdd, yyyyMMddHHmmss) keep their form. Anything else stays as it is,
    numbers too: they may be versions.
    """
    if isinstance(value, datetime):
        return min(value, seen if value.tzinfo else _local(seen))
    if isinstance(value, date):
        return min(value, _local(seen).date())
    return _text_no_later_than(seen, value) if isinstance(value, str) else value


def _text_no_later_than(seen: datetime, text: str) -> str:
    if form := _COMPACT_FORMS.get(len(text)) if text.isdigit() and text.isascii() else "":
        figures = f"{_local(seen):{form}}"
        return figures if figures < text < _NO_YEAR else text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    latest = seen.astimezone(moment.tzinfo) if moment.tzinfo else _local(seen)
    if moment <= latest:
        return text
    if len(text) == len("2023-11-15"):
        return latest.date().isoformat()
    written = latest.isoformat(text[10], "auto" if "." in text else "seconds")
    return written.replace("+00:00", "Z") if text.endswith("Z") else written


def _local(moment: datetime) -> datetime:
    return moment.astimezone(LOCAL_ZONE).replace(tzinfo=None)


_COMPACT_FORMS = {8: "%Y%m%d", 14: "%Y%m%d%H%M%S"}
_NO_YEAR = "2200"
"""Figures from here on are no date."""


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else canonical_json(value).decode()
    if "\0" in text:
        raise ValueError("a database cannot hold NUL")
    return text


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_plain_text(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL_ZONE)


def _day(value: Any) -> date:
    text = _plain_text(value)
    return date.fromisoformat(text) if len(text) <= len("2023-11-15") else _moment(text).astimezone(LOCAL_ZONE).date()


def _whole(value: Any) -> int:
    number = _number(value)
    if number != number.to_integral_value() or not -(2**63) <= number < 2**63:
        raise ValueError("not a whole number of 64 bits")
    return int(number)


def _number(value: Any) -> Decimal:
    try:
        number = Decimal(str(int(value)) if isinstance(value, bool) else _plain_text(value))
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not a finite number")
    return number


def _truth(value: Any) -> bool:
    text = str(value).strip().lower()
    if isinstance(value, list | dict) or text not in _TRUTH:
        raise ValueError("not a truth value")
    return _TRUTH[text]


def _plain_text(value: Any) -> str:
    if isinstance(value, list | dict | bool):
        raise ValueError("not a text or number")
    return str(value).strip()


def _bytes(value: Any) -> bytes:
    return base64.b64decode(_plain_text(value), validate=True)


_CONVERSIONS: Mapping[type, Callable[[Any], Any]] = {
    str: _text,
    int: _whole,
    float: lambda value: float(_number(value)),
    Decimal: _number,
    bool: _truth,
    date: _day,
    time: lambda value: time.fromisoformat(_plain_text(value)),
    bytes: _bytes,
    UUID: lambda value: UUID(_plain_text(value)),
}
