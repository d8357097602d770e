"""Personal data: the mark that a schema puts on a field, and what may be shown of an event's data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from lienthong.masking.names import NameMask
from lienthong.masking.text import HIDDEN, mask_number, mask_text

PersonalKind = Literal["name", "identity", "phone", "birth-date", "address", "email", "other", "none"]
"""`none` states that a field holds no personal data although its name speaks of a person."""
PersonalKeys = Mapping[str, PersonalKind]
"""Keys of events that hold personal data, with the kind of each."""

NO_PERSONAL_KEYS: PersonalKeys = MappingProxyType({})

UNREADABLE_KEY = "lienthong:unreadable"
"""The key that data has which could not be read (`lienthong.data.unreadable`). Beside it raw text may stand."""

_NOTE_KEYS = frozenset({"reason", "field"})
"""Keys that the engine itself writes below `UNREADABLE_KEY`. A project's field of the same name is another one."""

_RAW_KEY = "value"
"""The key of what is no object; in unreadable data, the text of a whole record."""
_RAW_SIGNS = ('"', "<", "{")
"""Signs of JSON and XML in a text."""

MARK = "x-personal"
"""The JSON Schema keyword that states the kind of personal data of a property."""
_NUMBERS: frozenset[str] = frozenset({"identity", "phone"})
"""Kinds of which the first and last three digits are shown, so that an operator can tell two persons apart."""
_SEARCHED: frozenset[str] = frozenset({"name", "address", "other"})
"""Kinds whose values are hidden in the other texts of a record, too."""


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field of a pydantic schema as personal data: `name: Annotated[str | None, Personal("name")]`.

    Everything that shows event data follows the marks of the schemas named under `types` of `config/bus.yaml`.
    """

    kind: PersonalKind

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Put the mark into the field's JSON Schema; pydantic calls this."""
        return {**handler(core_schema), MARK: self.kind}


def mask_data(data: Any, personal: PersonalKeys | None) -> Any:
    """JSON data that may be shown: the values of `personal` keys are hidden, personal numbers are masked everywhere.

    The names and addresses of `personal` keys are hidden in every other text of the data as well.
    `personal` is None when it is not known which keys hold personal data: then every text and long number is hidden.
    So is raw text in data that could not be read: where its fields begin and end is not certain.
    """
    if isinstance(data, Mapping) and UNREADABLE_KEY in data:
        data = {key: value if key == UNREADABLE_KEY else _without_raw(value, key) for key, value in data.items()}
    return _masked(data, personal, NameMask(_names(data, personal or {})))


def mask_about(text: str, data: Any, personal: PersonalKeys | None) -> str:
    """A text about an event, such as a reason, without the numbers of persons and without the names in its data."""
    return NameMask(_names(data, personal or {})).hide(text)


def _masked(data: Any, personal: PersonalKeys | None, names: NameMask) -> Any:
    if isinstance(data, Mapping):
        shown: dict[str, Any] = {}
        for key, value in data.items():
            kind = personal.get(key) if personal and value not in (None, "") else None
            hidden = _hidden(value, kind) if kind else _masked(value, _below(key, personal), names)
            shown[_free_key(names.hide(key), shown)] = hidden
        return shown
    if isinstance(data, list | tuple):
        return [_masked(value, personal, names) for value in data]
    if isinstance(data, str):
        return HIDDEN if personal is None and data else names.hide(data)
    if isinstance(data, int | float) and not isinstance(data, bool):
        return _mask_json_number(data, personal)
    return data


def _without_raw(value: Any, key: str = "") -> Any:
    """A value of data that could not be read, with its raw texts hidden."""
    if isinstance(value, Mapping):
        return {name: _without_raw(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_raw(part) for part in value]
    is_raw = isinstance(value, str) and (key == _RAW_KEY or any(sign in value for sign in _RAW_SIGNS))
    return HIDDEN if is_raw else value


def _free_key(key: str, used: Mapping[str, Any]) -> str:
    """`key`, with a number behind it when another masked key looks the same: no value may disappear."""
    count = 2
    free = key
    while free in used:
        free = f"{key} ({count})"
        count += 1
    return free


def _names(data: Any, personal: PersonalKeys) -> Iterator[str]:
    """The texts under the keys that hold names or addresses, anywhere in the data."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _texts(value) if personal.get(key) in _SEARCHED else _names(value, _below(key, personal) or {})
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _names(value, personal)


def _below(key: str, personal: PersonalKeys | None) -> PersonalKeys | None:
    """The personal keys of the data under a key."""
    if key != UNREADABLE_KEY or not personal or _NOTE_KEYS.isdisjoint(personal):
        return personal
    return {name: kind for name, kind in personal.items() if name not in _NOTE_KEYS}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _hidden(value: Any, kind: PersonalKind) -> str:
    """What is shown instead of a personal value: a masked number where `value` is one, otherwise nothing of it."""
    if kind not in _NUMBERS or not isinstance(value, str | int):
        return HIDDEN
    masked = mask_text(str(value))
    return HIDDEN if masked == str(value) else masked


def _mask_json_number(number: float, personal: PersonalKeys | None) -> float | str:
    """A sender may write an identity number as a JSON number, and a spreadsheet as a fraction of zero."""
    whole = f"{number:.0f}" if isinstance(number, float) and number.is_integer() else str(number)
    masked = mask_number(whole)
    if masked == whole:
        return number
    return HIDDEN if personal is None else masked
