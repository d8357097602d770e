"""Identity numbers: số định danh cá nhân (12 digits) and the old CMND (9 digits), as people type them."""

import re
import unicodedata

# White space of every kind, zero-width marks, dots, and hyphens or dashes: what people put between groups of digits.
_SEPARATORS = re.compile(r"[\s.\-\u00ad\u180e\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]+")
_UNKNOWN = frozenset({"000000000", "000000001", "000000000000"})
_SPREADSHEET = re.compile(r"\d{11}\.0")


def clean_identity(raw: object) -> str | None:
    """The number as 9 or 12 ASCII digits, or None when the identity is unknown.

    - Separators never matter. Decimal digits of other scripts (full-width `０５２`) are read as what they are worth.
    - 11 digits are unknown: they look like a lost leading zero, but which digit is missing would be a guess.
    - `52085001234.0` is such a number out of a spreadsheet, not twelve digits; a float is unknown too.
    - `000000001` is what one-stop systems write for "none" (TANDAN), and zeros are nobody's number.
    """
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        return None
    if not (len(raw) == 12 and raw.isascii() and raw.isdecimal()):
        if _SPREADSHEET.fullmatch(raw.strip()):
            return None
        raw = _SEPARATORS.sub("", raw)
        if len(raw) not in (9, 12) or not raw.isdecimal():
            return None
        raw = "".join(str(unicodedata.decimal(digit)) for digit in raw)
    return None if raw in _UNKNOWN else raw
