"""Kinds of values in words: the kind that a key expects, and the kind that YAML reads."""

from collections.abc import Mapping, Sequence
from typing import Literal

from lienthong.configuration.faults import Fault, KeyPath
from lienthong.messages import Message, message, msgid

Kind = Literal[
    "text", "integer", "number", "truth value", "list", "mapping", "moment", "offset", "date", "path", "function"
]

EXPECTED: Mapping[str, Kind] = {
    "string_type": "text",
    "int_type": "integer",
    "int_parsing": "integer",
    "int_from_float": "integer",
    "float_type": "number",
    "float_parsing": "number",
    "bool_type": "truth value",
    "bool_parsing": "truth value",
    "list_type": "list",
    "tuple_type": "list",
    "set_type": "list",
    "dict_type": "mapping",
    "mapping_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "datetime_type": "moment",
    "datetime_from_date_parsing": "moment",
    "datetime_parsing": "moment",
    "timezone_aware": "offset",
    "date_type": "date",
    "date_parsing": "date",
    "date_from_datetime_parsing": "date",
    "path_type": "path",
    "callable_type": "function",
}
"""By pydantic's type of error, the kind of value that it expected."""


_KINDS: Sequence[tuple[type, str]] = (
    (str, msgid("text")),
    (bool, msgid("true or false")),
    (dict, msgid("a mapping")),
    (list, msgid("a list")),
    (type(None), msgid("nothing")),
    (int, msgid("a number")),
    (float, msgid("a number with decimals")),
    (object, msgid("a date")),
)
"""Types of YAML values in words; the first one that fits counts."""


def kind_of(value: object) -> Message:
    """The kind of value that YAML reads, in words."""
    return message(next(words for kind, words in _KINDS if isinstance(value, kind)))


def wrong_kind(name: Message, path: KeyPath, expected: Kind, value: object) -> Fault:
    """The fault of a `value` of another kind than expected. Quotes make a number, a date or a truth value text."""
    if expected == "text" and not isinstance(value, list | dict | None):
        return Fault("LT112", unquoted(name, value), path=path)
    what, advice = _WORDS[expected]
    return Fault("LT203", message(what, name=name, kind=kind_of(value)), message(advice), path)


def unquoted(name: Message, value: object) -> Message:
    """That YAML does not read a text as text."""
    return message("{name} is text, but without quotes YAML reads it as {kind}", name=name, kind=kind_of(value))


_WORDS: Mapping[Kind, tuple[str, str]] = {
    "text": (msgid("{name} must be text, not {kind}"), msgid('write text, such as "abc"')),
    "integer": (msgid("{name} must be a whole number, not {kind}"), msgid("write digits only, without quotes")),
    "number": (msgid("{name} must be a number, not {kind}"), msgid("write a number, such as 0.5")),
    "truth value": (msgid("{name} must be true or false, not {kind}"), msgid("write true or false")),
    "list": (msgid("{name} must be a list, not {kind}"), msgid("write it as a list: [a, b]")),
    "mapping": (msgid("{name} must be a mapping, not {kind}"), msgid("write `key: value` pairs under it")),
    "moment": (
        msgid("{name} must be a date and time, not {kind}"),
        msgid("write for example 2023-11-15T12:00:00+07:00"),
    ),
    "offset": (msgid("{name} has no offset from UTC"), msgid("write a time with its offset, such as +07:00")),
    "date": (msgid("{name} must be a date, not {kind}"), msgid("write for example 2023-11-15")),
    "path": (msgid("{name} must be a path, not {kind}"), msgid("write a path, such as data/letters")),
    "function": (
        msgid("{name} must be the full name of a function, not {kind}"),
        msgid("write package.module.function"),
    ),
}
"""By the kind that is expected, what is wrong and what to write."""
