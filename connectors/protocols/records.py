"""Records of the province's systems: the one that comes in two ways, and recognising what a poll has already shown."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from lienthong import Record
from lienthong.connectors.protocols.records import content_of, plain_record, text_of

CCVC_RECORD = "ccvc.record"
"""The event type of one period of service of the civil-servant register."""


def ccvc_record(element: object) -> Record:
    """One period of service of the civil-servant register, from the feed or from a file (an ASSUMED contract)."""
    return plain_record(CCVC_RECORD, element, _ccvc_key)


def _ccvc_key(body: Mapping[str, Any]) -> str:
    staff_no = text_of(body, "soHieuCBCCVC")
    return f"{staff_no}/{text_of(body, 'ngayBatDau')}" if staff_no else ""


class Repeats:
    """Remembers what one poll has shown, so that windows which overlap give each content once.

    It forgets everything beyond `limit` contents: repeats cost little, and memory must have a bound.
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
            content = hashlib.sha256(content_of(element)).digest()
            if content not in self._seen:
                self._seen.add(content)
                fresh.append(element)
        return fresh
