"""Identity numbers: số định danh cá nhân (12 digits) and the old CMND (9 digits), as people type them."""

import re
import unicodedata

from lienthong import clean_text

# People separate groups of digits with white space, dots, hyphens and dashes of every kind.
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")
_APOSTROPHES = "'`´ʹʻʼ‘’′＇"
"""Spreadsheets mark a text with one in front; it is no part of the number."""
_UNKNOWN = frozenset({"000000000", "000000001", "000000000000"})
_SPREADSHEET = re.compile(r"\d+\.0{1,2}")


def is_unreadable(raw: object) -> bool:
    """Whether there is a value that may have been a number, and cannot be read as one: `5.2085E+10`, or 11 digits.

    An empty value is none, and so is the number that stands for "none".
    """
    if raw is None or (isinstance(raw, str) and not clean_text(raw)):
        return False
    if clean_identity(raw) is not None:
        return False
    return _SEPARATORS.sub("", clean_text(str(raw))) not in _UNKNOWN


def clean_identity(raw: object) -> str | None:
    """The identity number as 9 or 12 ASCII digits, or None when the identity is unknown.

    - Separators, invisible characters and an apostrophe in front are ignored.
    - Decimal digits of other scripts (full-width `０５２`) count by their value.
    - 11 digits are unknown: a leading zero may be missing, but so may any other digit, and we do not guess.
    - `52085001234.0` and `5.2085E+10` come from a spreadsheet that kept a number and not a text: the number is unknown,
      and so is a float.
    - `000000001` means "none" in one-stop systems (TANDAN); a number of zeros belongs to no person.
    """
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        return None
    if not (len(raw) == 12 and raw.isascii() and raw.isdecimal()):
        raw = clean_text(raw).lstrip(_APOSTROPHES)
        if _SPREADSHEET.fullmatch(raw):
            return None
        raw = _SEPARATORS.sub("", raw)
        if len(raw) not in (9, 12) or not raw.isdecimal():
            return None
        raw = "".join(str(unicodedata.decimal(digit)) for digit in raw)
    return None if raw in _UNKNOWN else raw
