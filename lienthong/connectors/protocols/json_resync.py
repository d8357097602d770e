"""JSON with a list of records of which some have brackets that are not in pairs: the records around them are read.

A bracket that is missing, or is there twice, moves the end of everything around it, so a broken record has no end of
its own. But the records of one list begin alike: a broken one ends where the next object begins that has the names of
its neighbours. This is only done in the outermost list, since objects within a record may look like those of another.
"""

import re
from typing import Any

from lienthong.connectors.protocols.json_neighbours import LEVELS, Neighbours, Unclear

_BRACKETS_OUTSIDE_TEXTS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_GOES_ON = re.compile(r'[ \t\r\n]*(?:,(?:[ \t\r\n]*"([^"\\]*)"[ \t\r\n]*:)?|(?=[\{\]]))')
"""What may stand behind a record; a name there is one of a record that lacks its first bracket, or of the same."""

_FIRST_NAME = re.compile(r'[{}\[\]\s]*"([^"\\]*)"[ \t\r\n]*:')
_RECORD_AFTER_END = re.compile(r"\][ \t\r\n]*,?[ \t\r\n]*\{")

_MOST_BEGINNINGS = 50
"""Objects that are tried as the first record that can be read."""

_MOST_ENDS = 20
"""Closing brackets at the end of a text that are tried as the end of the list."""


class Resynchronised(Neighbours):
    """Reads a text like `Neighbours`, and also past records whose brackets are not in pairs.

    `read` raises `Unclear` for a text that may be cut off: then it should be requested again.
    """

    _in_list = False
    _containing = 0
    """How many objects contain the list."""

    def _value(self, at: int, levels: int) -> tuple[Any, int]:
        value, end = super()._value(at, levels)
        if self._sign(at) == "[" and not self._in_list and _RECORD_AFTER_END.match(self._text, end - 1):
            return self._list(at, levels)  # it seems to end before its last records
        return value, end

    def _list(self, at: int, levels: int) -> tuple[Any, int]:
        if self._in_list:
            raise Unclear
        self._in_list, self._containing = True, LEVELS - levels
        try:
            return self._records(at + 1, levels)
        finally:
            self._in_list = False

    def _records(self, at: int, levels: int) -> tuple[list[Any], int]:
        records: list[Any] = []
        neighbour: dict[str, Any] = {}
        while True:
            at = self._after_space(at)
            found = self._sound(at, levels)
            if found is None:
                end = self._next_record(at, neighbour, levels) or self._end_of_list(at)
                found = self._broken(self._text[at:end].rstrip(" \t\r\n,")), end
            record, end = found
            records.append(record)
            if isinstance(record, dict):
                neighbour = record
            end = self._after_space(end)
            sign = self._sign(end)
            if sign == "]":
                return records, end + 1
            if sign not in (",", "{"):
                raise Unclear
            at = end + (sign == ",")

    def _sound(self, at: int, levels: int) -> tuple[Any, int] | None:
        """The record at a place and where it ends, if it can be read and the list plainly goes on or ends there."""
        try:
            value, end = self._value(at, levels - 1)
        except Unclear:
            return None
        after = self._after_space(end)
        if isinstance(value, dict):
            mark = _GOES_ON.match(self._text, after)
            plain = mark is not None and (mark[1] is None or mark[1] in value)
        else:
            plain = not isinstance(value, list) and self._sign(after) in (",", "]")
        return (value, end) if plain and not _RECORD_AFTER_END.match(self._text, after) else None

    def _next_record(self, at: int, neighbour: dict[str, Any], levels: int) -> int:
        """Where the next record begins; 0 when there is none.

        It looks like its neighbour, the last record that was read; where there is none yet (`{}`), it is the first
        object from which on everything can be read.
        """
        first_name = _FIRST_NAME.match(self._text, at)
        name = re.escape(next(iter(neighbour), first_name[1] if first_name else "")) or r'[^"\\]*'
        if not neighbour and not first_name and self._may_be_cut_off():
            return 0
        tried = 0
        for candidate in re.compile(rf'\{{[ \t\r\n]*"{name}"[ \t\r\n]*:').finditer(self._text, at + 1):
            begin = candidate.start()
            if not self._text[at:begin].strip("[]{} \t\r\n"):
                continue  # a bracket too many stands before this record and belongs to it
            if self._is_record(begin, neighbour) if neighbour else self._begins_the_rest(begin, levels):
                return begin
            tried += 1
            if not neighbour and tried == _MOST_BEGINNINGS:
                break
        return 0

    def _is_record(self, at: int, neighbour: dict[str, Any]) -> bool:
        try:
            value, end = self._decode(self._text, at)
        except ValueError as error:
            self._spend(max(getattr(error, "pos", len(self._text)) - at, 1))
            return False
        self._spend(end - at)
        return len(value.keys() & neighbour.keys()) * 2 > len(neighbour)

    def _begins_the_rest(self, at: int, levels: int) -> bool:
        if self._sound(at, levels) is None:
            return False
        try:
            records, end = self._records(at, levels)
        except Unclear:
            return False
        first, *following = (next(iter(one), None) for one in records if isinstance(one, dict))
        return following.count(first) * 2 >= len(following) and self._closes_everything(end)

    def _end_of_list(self, at: int) -> int:
        """Where the list ends of which the last record is broken. Raises `Unclear` where the text may be cut off."""
        if self._may_be_cut_off() or self._sign(0) == "[":
            raise Unclear
        whole = str(self._text)
        end = len(whole)
        for _ in range(_MOST_ENDS):
            end = whole.rfind("]", at, end)
            if end < 0:
                break
            if self._closes_everything(end + 1):
                return end
        raise Unclear

    def _may_be_cut_off(self) -> bool:
        """Whether more than one bracket has no partner: what was cut off lacks those of the list and of its record."""
        self._spend(len(self._text))
        signs = (mark[0] for mark in _BRACKETS_OUTSIDE_TEXTS.finditer(self._text))
        return abs(sum((sign in "[{") - (sign in "]}") for sign in signs)) > 1

    def _closes_everything(self, at: int) -> bool:
        """Whether what follows a place is the rest of the objects that contain the list."""
        rest = self._text[at:].rstrip()
        self._spend(len(rest))
        try:
            for _ in range(self._containing):
                rest = self._without_one_object(rest)
        except ValueError:
            return False
        return not rest

    def _without_one_object(self, rest: str) -> str:
        """What follows the end of the object in whose middle `rest` begins. Raises ValueError."""
        head = rest.lstrip()
        middle = '{"":0' + head if head[:1] in (",", "}") else ""
        _, end = self._decode(middle, 0)
        return head[end - len('{"":0') :].lstrip()
