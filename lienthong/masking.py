"""What may be shown of personal data: identity numbers and phones lose their middle wherever text leaves the house."""

import re
from collections.abc import Collection, Mapping
from typing import Any

HIDDEN = "•••"
_SEPARATORS = r"[ .\-\u00a0\u202f\u200b\u200c\u200d\u2060\ufeff]?"
# 9 to 12 digits in a row or grouped: identity numbers, old identity numbers and phones. Dossier codes have their
# digits in groups joined by dots and dashes to letters, so they are recognised first and left alone.
# Right behind a capital letter or `_` (`CCCD052…`) only digits in a row count: ids of machines are lower-case hex.
_MOMENT = r"(?!\d{4}-\d\d-\d\d[ T]\d\d:)"  # a date and time is nobody's number
_NUMBER = re.compile(
    rf"(?<![\w.\-+]){_MOMENT}(?:\+84|\d){_SEPARATORS}(?:\d{_SEPARATORS}){{7,11}}\d(?![\w\-]|\.\d)"
    r"|(?<=[^\W\da-z])\d{9,12}(?![\da-z])"
)


def mask_text(text: str) -> str:
    """`text` with every number that may belong to a person reduced to its first and last three digits."""
    return _NUMBER.sub(lambda found: _mask(found.group()), text)


def mask_number(number: str) -> str:
    """An identity number or phone, first three and last three digits."""
    return _mask(number)


def mask_data(data: Any, personal: Collection[str] | None) -> Any:
    """JSON data for eyes. The values of `personal` keys are hidden whatever they hold, numbers of persons are masked.

    `personal` is None when it is not known which keys hold personal data: then every text and long number is hidden.
    """
    if isinstance(data, Mapping):
        hidden = personal or ()
        return {
            key: HIDDEN if key in hidden and value not in (None, "") else mask_data(value, personal)
            for key, value in data.items()
        }
    if isinstance(data, list | tuple):
        return [mask_data(value, personal) for value in data]
    if isinstance(data, str):
        return HIDDEN if personal is None and data else mask_text(data)
    if isinstance(data, int) and not isinstance(data, bool):
        masked = _mask(str(data))  # a sender may write an identity as a number
        return data if masked == str(data) else HIDDEN if personal is None else masked
    return data


def _mask(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if not 9 <= len(digits) <= 12:
        return number
    return f"{digits[:3]}{'•' * (len(digits) - 6)}{digits[-3:]}"
