"""Procedure codes (mã thủ tục hành chính)."""

import re
from functools import lru_cache

from lienthong import clean_text

_NATIONAL = re.compile(r"(\d\.\d{6})(?:\..+)?", re.ASCII)


@lru_cache(maxsize=4096)  # a province has a few thousand procedures, and the same codes repeat in event after event
def national_code(code: str) -> str:
    """The national code is the first two groups: `1.000656` of the provincial code `1.000656.000.00.00.H08`.

    A code of another form is returned as `clean_text` makes it, and otherwise unchanged.
    """
    code = clean_text(code)
    match = _NATIONAL.fullmatch(code)
    return match[1] if match else code
