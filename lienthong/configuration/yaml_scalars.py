"""Scalars of YAML 1.1: which kind of value a text without quotes is, and the value."""

from functools import lru_cache
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.events import ScalarEvent
from yaml.resolver import Resolver

from lienthong.configuration.faults import Fault
from lienthong.messages import Message, message

_PREFIX = "tag:yaml.org,2002:"
STR = f"{_PREFIX}str"
_NULL, _MERGE = f"{_PREFIX}null", f"{_PREFIX}merge"
_CONSTRUCTOR = SafeConstructor()
_CONSTRUCT = {
    f"{_PREFIX}int": _CONSTRUCTOR.construct_yaml_int,
    f"{_PREFIX}float": _CONSTRUCTOR.construct_yaml_float,
    f"{_PREFIX}bool": _CONSTRUCTOR.construct_yaml_bool,
    f"{_PREFIX}timestamp": _CONSTRUCTOR.construct_yaml_timestamp,
}
_RESOLVER: Any = Resolver()


def tag_of(event: ScalarEvent) -> str:
    """The tag of a scalar: text when it is quoted, else what YAML reads it as."""
    return _tag_of_plain(event.value) if event.implicit[0] else STR


@lru_cache(maxsize=4096)  # keys are the same in every file
def _tag_of_plain(text: str) -> str:
    return str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))


def make_scalar(text: str, tag: str) -> Any:
    """The value of a scalar; a `Fault` when it has the form of a number or date and is none."""
    if tag == _NULL:
        return None
    try:
        return _CONSTRUCT[tag](yaml.ScalarNode(tag, text)) if tag in _CONSTRUCT else text
    except (ValueError, OverflowError, ArithmeticError):
        return Fault(
            "LT113", message("`{text}` looks like {kind}, but does not exist", text=text[:40], kind=_kind(tag))
        )


def key_fault(text: str, tag: str) -> Fault | None:
    """What is wrong with a key, if YAML does not read it as text."""
    if tag == STR:
        return None
    if tag == _MERGE:
        return Fault("LT109", message("merge keys (`<<`) are not supported"), message("write the keys out"))
    what = message("YAML reads the key `{key}` without quotes as {kind}, not as text", key=text, kind=_kind(tag))
    return Fault("LT111", what, message('put it in quotes: "{written}"', written=text))


def _kind(tag: str) -> Message:
    match tag.removeprefix(_PREFIX):
        case "bool":
            return message("true or false")
        case "null":
            return message("nothing")
        case "timestamp":
            return message("a date")
        case _:
            return message("a number")
