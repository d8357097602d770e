"""Personal data: the mark that a schema puts on a field, and what may be shown of such data.

Identity numbers and phone numbers lose their middle digits wherever text is shown, whatever field they stand in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

PersonalKind = Literal["name", "identity", "phone", "birth-date", "address", "email", "other"]
PersonalKeys = Mapping[str, PersonalKind]
"""Keys of events that hold personal data, with the kind of each."""

HIDDEN = "•••"
MARK = "x-personal"
"""The JSON Schema keyword that states the kind of personal data of a property."""
_NUMBERS: frozenset[str] = frozenset({"identity", "phone"})
"""Kinds of which the first and last three digits are shown, so that an operator can tell two persons apart."""
_SEPARATORS = r"[ .\-\u00a0\u202f\u200b\u200c\u200d\u2060\ufeff]?"
# Identity numbers (CCCD, 12 digits; CMND, 9) and phone numbers: 9 to 12 digits, in a row or grouped. The digits of
# dossier codes are joined to letters by dots and dashes, so they do not match. Directly after a capital letter or `_`
# (`CCCD052…`) only digits in a row match: machine ids are lower-case hexadecimal.
_INSTANT = r"(?!\d{4}-\d\d-\d\d[ T]\d\d:)"  # a date and time is no number of a person
_NUMBER = re.compile(
    rf"(?<![\w.\-+]){_INSTANT}(?:\+84|\d){_SEPARATORS}(?:\d{_SEPARATORS}){{7,11}}\d(?![\w\-]|\.\d)"
    r"|(?<=[^\W\da-z])\d{9,12}(?![\da-z])"
)


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field of a pydantic schema as personal data: `name: Annotated[str | None, Personal("name")]`.

    Everything that shows event data follows the marks of the schemas named under `types` of `config/bus.yaml`.
    """

    kind: PersonalKind

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Put the mark into the field's JSON Schema; pydantic calls this."""
        return {**handler(core_schema), MARK: self.kind}


def mask_text(text: str) -> str:
    """`text`, with every number that may identify a person reduced to its first and last three digits."""
    return _NUMBER.sub(lambda match: _mask(match.group()), text)


def mask_data(data: Any, personal: PersonalKeys | None) -> Any:
    """JSON data that may be shown: the values of `personal` keys are hidden, personal numbers are masked everywhere.

    `personal` is None when it is not known which keys hold personal data: then every text and long number is hidden.
    """
    if isinstance(data, Mapping):
        return {
            key: _hidden(value, personal[key])
            if personal and key in personal and value not in (None, "")
            else mask_data(value, personal)
            for key, value in data.items()
        }
    if isinstance(data, list | tuple):
        return [mask_data(value, personal) for value in data]
    if isinstance(data, str):
        return HIDDEN if personal is None and data else mask_text(data)
    if isinstance(data, int) and not isinstance(data, bool):
        return _mask_integer(data, personal)
    return data


def _hidden(value: Any, kind: PersonalKind) -> str:
    """What is shown instead of a personal value: a masked number where `value` is one, otherwise nothing of it."""
    if kind not in _NUMBERS or not isinstance(value, str | int):
        return HIDDEN
    masked = _mask(str(value))
    return HIDDEN if masked == str(value) else masked


def _mask_integer(number: int, personal: PersonalKeys | None) -> int | str:
    """A sender may write an identity number as a JSON number."""
    masked = _mask(str(number))
    if masked == str(number):
        return number
    return HIDDEN if personal is None else masked


def _mask(number: str) -> str:
    """The first and last three digits of a number of 9 to 12 digits; any other number as it is."""
    digits = re.sub(r"\D", "", number)
    if not 9 <= len(digits) <= 12:
        return number
    return f"{digits[:3]}{'•' * (len(digits) - 6)}{digits[-3:]}"
