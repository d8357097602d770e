"""Records from elements of any shape: what is no object is wrapped, what cannot be written is replaced by a note."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

import orjson
from pydantic import Field

from lienthong.connectors.protocols.json_text import Unwritable
from lienthong.messages import in_ledger_language, message
from lienthong.ports import Record
from lienthong.text import clean_text

PageSize = Annotated[int, Field(ge=1)]
"""How many elements a source requests at once."""

NOT_AN_OBJECT = "value"
"""The key of an element that is no JSON object, so that it is received and dies with a reason."""

UNREADABLE = "unreadable"
"""The key of the reason why the body of a record could not be read. Such a record has this and its place, no more."""

KEY_LIMIT = 500
"""Characters of a natural key. A longer one is no key: an index of PostgreSQL holds at most 2,700 bytes."""

_LEVELS_ADDED_LATER = 8
"""orjson writes 254 levels, and an event travels within a few more."""


def body_of(element: object) -> Mapping[str, Any]:
    """The element itself when it is an object; else it is wrapped."""
    return element if isinstance(element, dict) else {NOT_AN_OBJECT: element}


def text_of(body: Mapping[str, Any], name: str) -> str:
    """A field as the text of a key, as `clean_text` makes it; "" when it is absent, too long, or no text or number."""
    return _scalar_text(body.get(name))


def key_text(value: object) -> str:
    """A value as a natural key: a text or whole number, or a list of these joined with "/". "" for everything else."""
    if not isinstance(value, list):
        return _scalar_text(value)
    parts = [_scalar_text(part) for part in value]
    text = "/".join(parts) if all(parts) else ""
    return text if len(text) <= KEY_LIMIT else ""


def _scalar_text(value: object) -> str:
    if isinstance(value, str):
        text = clean_text(value)
    else:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
    return text if len(text) <= KEY_LIMIT and _is_unicode(text) else ""


def sound_record(kind: str, element: object, key: Callable[[Any], Any], **place: str | int) -> Record:
    """The record of an element, whatever it contains. `key` finds the natural key in its body.

    A body that cannot be written as JSON is replaced by {"unreadable": reason, ...place}: the record is received and
    dies at its route, and stops no other.
    """
    body = body_of(element)
    natural_key = key_text(key(body))
    if fault := _fault_of(body):
        return Record(kind, natural_key, {UNREADABLE: fault, **place})
    return Record(kind, natural_key, body)


def unreadable_record(kind: str, reason: str, **place: str | int) -> Record:
    """A record for something that could not be read at all."""
    return Record(kind, "", {UNREADABLE: in_ledger_language(reason), **place})


def _fault_of(body: Mapping[str, Any]) -> str:
    nested: Any = body
    for _ in range(_LEVELS_ADDED_LATER):
        nested = [nested]
    try:
        orjson.dumps(nested)
    except (TypeError, ValueError):
        pass
    else:
        return ""
    field, value = next(_unwritable(body), ("", None))
    if isinstance(value, str):
        why = message("`{field}` contains characters that are not Unicode", field=field)
    elif value is None:
        why = message("The record is nested too deeply")
    else:
        why = message("`{field}` contains a number that JSON cannot carry", field=field)
    return in_ledger_language(why)


def _unwritable(body: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Paths and values of what JSON cannot carry. Without recursion, because too many levels are a fault, too."""
    waiting: list[tuple[str, Any]] = [("", body)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, Mapping):
            yield from ((path, name) for name in value if not _is_unicode(name))
            waiting.extend((f"{path}.{name}" if path else name, part) for name, part in value.items())
        elif isinstance(value, list):
            waiting.extend((path, part) for part in value)
        elif _is_unwritable(value):
            yield path, value


def _is_unwritable(value: object) -> bool:
    if isinstance(value, str):
        return not _is_unicode(value)
    if isinstance(value, int):
        return not -(2**63) <= value < 2**64
    return isinstance(value, Unwritable)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
