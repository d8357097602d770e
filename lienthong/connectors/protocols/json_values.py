"""Values of a database as JSON, by one fixed rule."""

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any


def json_value(value: object) -> object:
    """A value as JSON carries it, without loss.

    - Text, whole numbers within 64 bits, finite fractions, truth values and null stay as they are; arrays and JSON
      columns become lists and objects.
    - Days, moments and times become ISO 8601, with the offset that the database gives; a duration becomes seconds.
    - Decimal numbers, other numbers and everything else become text; bytes become base64.
    """
    if value is None or isinstance(value, bool | str):
        return value
    return next((convert(value) for kinds, convert in _RULES if isinstance(value, kinds)), str(value))


def _whole(value: int) -> object:
    return value if -(2**63) <= value < 2**63 else str(value)


def _fraction(value: float) -> object:
    return value if math.isfinite(value) else str(value)


def _object(value: Mapping[Any, Any]) -> object:
    return {str(key): json_value(part) for key, part in value.items()}


_RULES: Sequence[tuple[type | tuple[type, ...], Callable[[Any], object]]] = (
    (int, _whole),
    (float, _fraction),
    ((date, time), lambda value: value.isoformat()),  # a datetime is a date
    (timedelta, timedelta.total_seconds),
    ((bytes, bytearray, memoryview), lambda value: base64.b64encode(value).decode()),
    (Mapping, _object),
    ((list, tuple, set, frozenset), lambda value: [json_value(part) for part in value]),
)
