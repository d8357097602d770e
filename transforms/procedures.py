"""Procedure codes (mã thủ tục hành chính)."""

import re
from functools import lru_cache

_NATIONAL = re.compile(r"(\d\.\d{6})(?:\..+)?", re.ASCII)


@lru_cache(maxsize=4096)  # procedures are few, and the same ones come all day
def national_code(code: str) -> str:
    """The national code, the first two groups: `1.000656` of the provincial copy `1.000656.000.00.00.H08`.

    A code of another form is kept as it is, trimmed: what we do not know we do not cut.
    """
    code = code.strip()
    match = _NATIONAL.fullmatch(code)
    return match[1] if match else code
