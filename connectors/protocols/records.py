"""What a source makes of one element it was shown, whatever it is."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import orjson
from pydantic import Field

from lienthong import Record

PageSize = Annotated[int, Field(ge=1)]
"""How many elements a source asks for at once."""

NOT_AN_OBJECT = "value"
"""Under this key stands an element that is no JSON object, so that it is taken in and dies with a reason."""


def body_of(element: object) -> Mapping[str, Any]:
    """The element itself when it is an object; else it is wrapped."""
    return element if isinstance(element, dict) else {NOT_AN_OBJECT: element}


def text_of(body: Mapping[str, Any], name: str) -> str:
    """A field as the text of a key, without outer spaces; "" when it is absent or no text or whole number."""
    value = body.get(name)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def ccvc_record(element: object) -> Record:
    """One period of service of the civil-servant register, from the feed or from a file (an ASSUMED contract)."""
    body = body_of(element)
    staff_no = text_of(body, "soHieuCBCCVC")
    return Record("ccvc.record", f"{staff_no}/{text_of(body, 'ngayBatDau')}" if staff_no else "", body)


class Repeats:
    """Remembers what one poll has shown, so that windows which overlap give each content once.

    It forgets everything when it holds `limit` contents: a repeat costs little, memory without bound much.
    """

    def __init__(self, limit: int = 200_000) -> None:
        self._limit = limit
        self._seen: set[bytes] = set()

    def without(self, elements: Iterable[object]) -> list[object]:
        """The elements not shown before, in their order."""
        if len(self._seen) > self._limit:
            self._seen.clear()
        fresh = []
        for element in elements:
            mark = hashlib.sha256(orjson.dumps(element)).digest()
            if mark not in self._seen:
                self._seen.add(mark)
                fresh.append(element)
        return fresh
