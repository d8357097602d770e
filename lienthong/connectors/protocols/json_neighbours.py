"""JSON with a list of which one element is broken, even if its quotation marks are not in pairs.

A quotation mark that is missing turns all text behind it inside out: what was outside of texts is inside, and no reader
finds an end. Brackets still are in pairs. So an element that cannot be read ends where its own brackets are closed, if
the list goes on there or ends there, and everything behind it can be read to the last character.
"""

import re
from collections.abc import Callable
from typing import Any, Protocol

_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)'
_BRACKETS_IN_ALL = re.compile(r"[\[\]{}]")
_BRACKETS_OUTSIDE_TEXTS = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_GOES_ON = re.compile(r'[ \t\r\n]*(?:,(?=[ \t\r\n]*\{[ \t\r\n]*"[^"\\]*"[ \t\r\n]*:)|(?=\]))')
"""Behind an element: a comma and an object that begins with a name, or the end of the list."""
_PARTNERS = {"]": "[", "}": "{"}

LEVELS = 12
"""Levels down to which a broken element is searched for."""


class Decode(Protocol):
    """Reads the value that begins at a place of a text; returns it and where it ends. Raises ValueError."""

    def __call__(self, text: str, at: int) -> tuple[Any, int]: ...


class _Text(str):
    """A text at whose places many errors may be found. Each `JSONDecodeError` counts the lines before its own."""

    __slots__ = ()

    def count(self, *_: Any) -> int:
        return 0

    def rfind(self, *_: Any) -> int:
        return -1


class Unclear(ValueError):  # noqa: N818 - a signal within these modules
    """Where a broken element ends is not certain."""


class Neighbours:
    """Reads a text. `broken` makes of the text of a broken element what stands for it; `pairs` makes an object.

    `budget` bounds the characters that are read, each time that they are.
    """

    def __init__(
        self,
        text: str,
        decode: Decode,
        *,
        broken: Callable[[str], Any],
        pairs: Callable[[list[tuple[str, Any]]], Any],
        budget: int,
    ) -> None:
        self._text = _Text(text)
        self._decode = decode
        self._broken = broken
        self._pairs = pairs
        self._left = budget

    def read(self) -> Any:
        """The value of the whole text. Raises `Unclear`, and OverflowError beyond the budget."""
        value, end = self._value(self._after_space(0), LEVELS)
        if self._after_space(end) != len(self._text):
            raise Unclear
        return value

    def _value(self, at: int, levels: int) -> tuple[Any, int]:
        try:
            value, end = self._decode(self._text, at)
        except ValueError as error:
            self._spend(max(getattr(error, "pos", len(self._text)) - at, 1))
        else:
            self._spend(end - at)
            return value, end
        sign = self._sign(at)
        if levels and sign == "{":
            return self._object(at, levels)
        if levels and sign == "[":
            return self._list(at, levels)
        raise Unclear

    def _object(self, at: int, levels: int) -> tuple[Any, int]:
        members: list[tuple[str, Any]] = []
        sign = ","
        while sign == ",":
            at = self._after_space(at + 1)
            name, at = self._name(at)
            at = self._after_space(at)
            if self._sign(at) != ":":
                raise Unclear
            value, at = self._value(self._after_space(at + 1), levels - 1)
            members.append((name, value))
            at = self._after_space(at)
            sign = self._sign(at)
        if sign != "}":
            raise Unclear
        return self._pairs(members), at + 1

    def _name(self, at: int) -> tuple[str, int]:
        if self._sign(at) != '"':
            raise Unclear
        try:
            name, end = self._decode(self._text, at)
        except ValueError:
            raise Unclear from None
        return name, end

    def _list(self, at: int, levels: int) -> tuple[Any, int]:
        elements: list[Any] = []
        sign = ","
        while sign == ",":
            at = self._after_space(at + 1)
            value, at = self._element(at, levels)
            elements.append(value)
            at = self._after_space(at)
            sign = self._sign(at)
        if sign != "]":
            raise Unclear
        return elements, at + 1

    def _element(self, at: int, levels: int) -> tuple[Any, int]:
        try:
            value, end = self._value(at, levels - 1)
            if self._sign(self._after_space(end)) in (",", "]"):
                return value, end
        except Unclear:
            pass
        end = self._end(at)
        return self._broken(self._text[at:end]), end

    def _end(self, at: int) -> int:
        """Where the broken object at a place ends. Raises `Unclear`."""
        if self._sign(at) == "{":
            for brackets in (_BRACKETS_IN_ALL, _BRACKETS_OUTSIDE_TEXTS):
                end = self._closed(at, brackets)
                if end and _GOES_ON.match(self._text, end):
                    return end
        raise Unclear

    def _closed(self, at: int, brackets: re.Pattern[str]) -> int:
        """Behind the bracket that closes the one at a place; 0 where brackets are not in pairs."""
        waiting: list[str] = []
        for mark in brackets.finditer(self._text, at):
            sign = mark[0]
            if sign in "[{":
                waiting.append(sign)
            elif sign in "]}":
                if waiting.pop() != _PARTNERS[sign]:
                    break
                if not waiting:
                    self._spend(mark.end() - at)
                    return mark.end()
        self._spend(len(self._text) - at)
        return 0

    def _after_space(self, at: int) -> int:
        return _SPACE.match(self._text, at).end()  # type: ignore[union-attr]  # it matches "" too

    def _sign(self, at: int) -> str:
        return self._text[at : at + 1]

    def _spend(self, characters: int) -> None:
        self._left -= characters
        if self._left < 0:
            raise OverflowError
