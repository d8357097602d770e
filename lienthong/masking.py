"""What may be shown of personal data: identity numbers and phones lose their middle wherever text leaves the house."""

import re
from collections.abc import Mapping
from typing import Any

_SEPARATORS = r"[ .\-\u00a0\u202f\u200b\u200c\u200d\u2060\ufeff]?"
# 9 to 12 digits in a row or grouped: identity numbers, old identity numbers and phones. Dossier codes have their
# digits in groups joined by dots and dashes to letters, so they are recognised first and left alone.
# Right behind a capital letter or `_` (`CCCD052…`) only digits in a row count: ids of machines are lower-case hex.
_NUMBER = re.compile(
    rf"(?<![\w.\-+])(?:\+84|\d){_SEPARATORS}(?:\d{_SEPARATORS}){{7,11}}\d(?![\w\-]|\.\d)"
    r"|(?<=[^\W\da-z])\d{9,12}(?![\da-z])"
)


def mask_text(text: str) -> str:
    """`text` with every number that may belong to a person reduced to its first and last three digits."""
    return _NUMBER.sub(lambda found: _mask(found.group()), text)


def mask_number(number: str) -> str:
    """An identity number or phone, first three and last three digits."""
    return _mask(number)


def mask_data(data: Any, pii: Mapping[str, str] | None = None) -> Any:
    """JSON data for eyes: texts are masked, fields marked as names or identities whatever they hold."""
    marked = pii or {}
    if isinstance(data, Mapping):
        return {key: "•••" if marked.get(key) and value else mask_data(value, marked) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [mask_data(value, marked) for value in data]
    if isinstance(data, int) and not isinstance(data, bool):
        masked = mask_text(str(data))  # a sender may write an identity as a number
        return data if masked == str(data) else masked
    return mask_text(data) if isinstance(data, str) else data


def _mask(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if not 9 <= len(digits) <= 12:
        return number
    return f"{digits[:3]}{'•' * (len(digits) - 6)}{digits[-3:]}"
