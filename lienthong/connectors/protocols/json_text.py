"""Reading JSON that is not quite JSON, so that one bad value does not hide the records beside it."""

import json
import math
import re
from typing import Any

import orjson

from lienthong.connectors.protocols.json_names import may_repeat_names, object_of_pairs, refuse_doubled
from lienthong.connectors.protocols.json_pieces import DEEP, cut_deep, read_by_pieces
from lienthong.data.sound_data import Unwritable, is_whole

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_LONG_NUMBER = re.compile(rb"[\s:,\[](?:-\d{19}|\d{20})")
"""A number of so many digits that orjson may round it without a word. Text stands behind a quotation mark."""
_NINES, _ENDS = b"9" * 19, b"]" * 16
_SIGNS = bytes.maketrans(b"012345678}", b"9" * 9 + b"]")
"""Makes every digit a nine and every end a `]`: a search for bytes is ten times faster than one for a pattern."""
_EXACT_DIGITS = 19


def read_json(body: bytes) -> Any:
    """Return the value of a JSON text. Raises ValueError for what no reader understands, and `Doubled`, which is one.

    What orjson refuses, rounds or leaves out is read once more, with Python's reader: a byte order mark (UTF-16's too)
    and raw control characters are accepted; bytes that are not UTF-8 become lone surrogates; NaN, Infinity, numbers of
    more digits than 64 bits have, values nested too deeply, and names that stand twice in a record have become
    `Unwritable`. So have pieces of a list or object that are no JSON at all, while their end is certain. None
    of these can be written as JSON again, so `sound_record` finds them and makes their own record unreadable.
    """
    body = body.removeprefix(_BYTE_ORDER_MARK)
    try:
        value = orjson.loads(body)
        if _is_whole(body, value):
            return value
    except orjson.JSONDecodeError:
        pass
    text = body.decode("utf-16") if body[:2] in _UTF_16 else body.decode("utf-8", "surrogateescape")
    value = read_by_pieces(cut_deep(text.removeprefix("\ufeff")), _loads, _decode)
    refuse_doubled(value)
    return value


def _is_whole(body: bytes, value: Any) -> bool:
    """Whether a value has all that its text has: nothing was rounded, and no name stands twice."""
    try:
        written = orjson.dumps(value)
    except TypeError:  # nested too deeply
        return False
    # Most systems write without spaces, as orjson does. This is the whole cost for them.
    return written == body or not (_is_doubtful(body) or may_repeat_names(body, written))


def _is_doubtful(body: bytes) -> bool:
    """Whether a number may be rounded, or a value is so deep that to compare it could fail.

    What is deep and ends in another way is found when its record is received.
    """
    signs = body.translate(_SIGNS)
    return _ENDS in signs or (_NINES in signs and bool(_LONG_NUMBER.search(body)))


def _integer(text: str) -> int | Unwritable:
    number = int(text) if len(text) <= _EXACT_DIGITS + 2 else 2**64
    return number if is_whole(number) else Unwritable(text)


def _float(text: str) -> float | Unwritable:
    if text == DEEP:
        return Unwritable("…", "depth")
    number = float(text)
    # A fraction may be rounded to what a float can tell apart, as every reader of JSON does; a whole figure may not.
    is_long = len(text.lstrip("-").partition(".")[0]) > _EXACT_DIGITS and text.isascii() and "e" not in text.lower()
    return number if math.isfinite(number) and not is_long else Unwritable(text)


def _loads(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _decode(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except RecursionError:
        raise ValueError("nested too deeply") from None


_DECODER = json.JSONDecoder(
    strict=False,
    parse_constant=Unwritable,
    parse_int=_integer,
    parse_float=_float,
    object_pairs_hook=object_of_pairs,
)
