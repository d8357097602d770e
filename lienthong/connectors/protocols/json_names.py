"""Names that stand more than once in one JSON object. JSON readers keep the last value without a word.

Which value is meant cannot be known: `{"data": [...], "data": []}` may have lost a page. So a record with such a name
dies with the name, and a reply whose own members have one is refused as a malformed one is. A name that is given again
with the same value hides nothing, and is read.
"""

from collections.abc import Sequence
from typing import Any

from lienthong.data.sound_data import Unwritable
from lienthong.data.unreadable import FIELD_LIMIT, clipped
from lienthong.messages import message


class Doubled(ValueError):  # noqa: N818 - the name describes the text
    """The text names a value of its outermost objects twice. Its text is the reason."""


def may_repeat_names(body: bytes, written: bytes) -> bool:
    """Whether an object of a JSON text may have a name twice. `written` is its value, written again.

    Every member has a colon, so a member that was dropped leaves fewer of them. A colon that the sender wrote as an
    escape would hide this.
    """
    return body.count(b":") != written.count(b":") or (b"\\" in body and b"\\u003a" in body.lower())


def object_of_pairs(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The object of its members. A name with several values gets an `Unwritable` of all of them."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    values: dict[str, list[Any]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {
        name: several[0] if _are_same(several) else Unwritable("", "name", values=several)
        for name, several in values.items()
    }


def _are_same(values: Sequence[Any]) -> bool:
    first = repr(values[0])  # 1, 1.0 and true are equal, but not the same
    return all(repr(value) == first for value in values[1:])


def refuse_doubled(value: Any) -> None:
    """Raise `Doubled` when a member of a text's outermost objects has several values; what is in a list is a record."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        for name, part in one.items() if isinstance(one, dict) else ():
            if isinstance(part, Unwritable) and part.fault == "name":
                field = clipped(name, FIELD_LIMIT)
                raise Doubled(message("`{field}` stands more than once, with different values", field=field))
            waiting.append(part)
