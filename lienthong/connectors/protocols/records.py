"""Records from elements of any shape: what is no object is wrapped, what cannot be read dies alone at its route."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import orjson
from pydantic import Field

from lienthong.data.sound_data import is_whole, writable
from lienthong.data.text import clean_text
from lienthong.data.unreadable import unreadable_data
from lienthong.messages import Message
from lienthong.ports import Record

PageSize = Annotated[int, Field(ge=1)]
"""How many elements a source requests at once."""

NOT_AN_OBJECT = "value"
"""The key of an element that is no JSON object, so that it is received and dies with a reason."""


def body_of(element: object) -> Mapping[str, Any]:
    """The element itself when it is an object; else it is wrapped."""
    return element if isinstance(element, dict) else {NOT_AN_OBJECT: element}


def text_of(body: Mapping[str, Any], name: str) -> str:
    """A field as the text of a key, as `clean_text` makes it; "" when it is absent, or no text or number."""
    return _scalar_text(body.get(name))


def key_text(value: object) -> str:
    """A value as a natural key: a text or whole number, or a list of these joined with "/". "" for everything else.

    Intake refuses a key that is too long, and names its field.
    """
    if not isinstance(value, list):
        return _scalar_text(value)
    parts = [_scalar_text(part) for part in value]
    return "/".join(parts) if all(parts) else ""


def _scalar_text(value: object) -> str:
    if isinstance(value, str):
        text = clean_text(value)
        return text if _is_unicode(text) else ""
    return str(value) if type(value) is int and is_whole(value) else ""


def sound_record(kind: str, element: object, key: Callable[[Any], Any], **place: str | int) -> Record:
    """The record of an element, whatever it contains. `key` finds the natural key in its body.

    A body that JSON cannot carry becomes an unreadable one, with what can be kept of it: the record is received, dies
    at its route with the field and the reason, and stops no other. `place` is then noted, e.g. file and line.
    """
    body = body_of(element)
    natural_key = key_text(key(body))
    try:  # 14 levels more: see `DEPTH_LIMIT`
        orjson.dumps([[[[[[[[[[[[[[body]]]]]]]]]]]]]])
    except (TypeError, ValueError):
        kept, fault = writable(body)
        if fault:
            return unreadable_record(kind, fault.why, key=natural_key, field=fault.field, kept=kept, **place)
        return Record(kind, natural_key, kept)
    return Record(kind, natural_key, body)


def plain_record(kind: str, element: object, key: Callable[[Any], Any]) -> Record:
    """The record of an element of a reply, whose body intake looks at: as `sound_record`, at no cost."""
    body = body_of(element)
    return Record(kind, key_text(key(body)), body)


def unreadable_record(
    kind: str,
    reason: str | Message,
    *,
    key: str = "",
    field: str | None = None,
    kept: Mapping[str, Any] | None = None,
    **place: str | int,
) -> Record:
    """A record for what could not be read: a dead letter with this reason and field. `kept` is the rest."""
    return Record(kind, key, unreadable_data(reason, field=field, kept=kept, place=place))


def kept_of(element: object) -> Mapping[str, Any]:
    """What is left of an element that could not be read, for `unreadable_record`; nothing of None."""
    kept, _ = writable({} if element is None else body_of(element))
    return dict(kept)


def content_of(element: object) -> bytes:
    """Equal bytes for equal elements, of any content: to recognise what was shown before."""
    try:
        return orjson.dumps(element)
    except (TypeError, ValueError):
        kept, fault = writable(element)
        return orjson.dumps([kept, fault and fault.field])


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
