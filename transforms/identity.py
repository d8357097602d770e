"""Identity numbers: số định danh cá nhân (12 digits) and the old CMND (9 digits), as people type them."""

import re
import unicodedata

# People separate groups of digits with white space, zero-width marks, dots, hyphens and dashes of every kind.
_SEPARATORS = re.compile(r"[\s.\-\u00ad\u180e\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]+")
_UNKNOWN = frozenset({"000000000", "000000001", "000000000000"})
_SPREADSHEET = re.compile(r"\d{11}\.0")


def clean_identity(raw: object) -> str | None:
    """The identity number as 9 or 12 ASCII digits, or None when the identity is unknown.

    - Separators are ignored. Decimal digits of other scripts (full-width `０５２`) count by their value.
    - 11 digits are unknown: a leading zero may be missing, but so may any other digit, and we do not guess.
    - `52085001234.0` is an 11-digit number from a spreadsheet, so it is unknown; a float is unknown too.
    - `000000001` means "none" in one-stop systems (TANDAN); a number of zeros belongs to no person.
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
