"""Reading JSON that is not quite JSON, so that one bad value does not hide the records beside it."""

import json
import math
import re
from typing import Any

import orjson

from lienthong.sound_data import Unwritable

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DIGITS_OF_64_BITS = 20
_LONG_NUMBER = re.compile(rb"[\s:,\[]-?\d{20}")
"""A number of so many digits that orjson may round it without a word. Text stands behind a quotation mark."""
_NINES = b"9" * 20
_TO_NINES = bytes.maketrans(b"012345678", b"9" * 9)
"""Makes every digit a nine, because a search for bytes is ten times faster than one for a pattern."""


def read_json(body: bytes) -> Any:
    """Return the value of a JSON text. Raises ValueError for what no reader understands.

    What orjson refuses or rounds is read once more, with Python's reader: a byte order mark and raw control characters
    are accepted; bytes that are not UTF-8 become lone surrogates; NaN, Infinity and numbers of more digits than 64 bits
    have become `Unwritable`. Values of these kinds cannot be written as JSON again, so `sound_record` finds them.
    """
    body = body.removeprefix(_BYTE_ORDER_MARK)
    try:
        if _NINES not in body.translate(_TO_NINES) or not _LONG_NUMBER.search(body):
            return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(
            body.decode("utf-8", "surrogateescape"),
            strict=False,
            parse_constant=Unwritable,
            parse_int=_integer,
            parse_float=_float,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _integer(text: str) -> int | Unwritable:
    return int(text) if len(text) <= _DIGITS_OF_64_BITS else Unwritable(text)


def _float(text: str) -> float | Unwritable:
    number = float(text)
    return number if math.isfinite(number) else Unwritable(text)
