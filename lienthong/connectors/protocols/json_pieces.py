"""JSON of which one piece is no JSON, or is nested too deeply: the pieces around it are read all the same."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from lienthong.connectors.protocols.json_names import object_of_pairs
from lienthong.connectors.protocols.json_neighbours import Decode, Neighbours, Unclear
from lienthong.connectors.protocols.json_resync import Resynchronised
from lienthong.data.sound_data import DEPTH_LIMIT, Unwritable

DEEP = "0.0e-00240240"
"""A number in a form that no writer uses: it stands for what was nested too deeply."""

_LEVELS = DEPTH_LIMIT + 20
"""Levels of a reply. Its records stand a few levels below its top; `writable` counts from each record."""

_LEVELS_OF_PIECES = 12
"""Levels down to which a broken piece is searched for. What contains it there is broken as a whole."""

_MOST_FAILURES = 100_000
"""Broken pieces of one reply that are searched for; each costs some 50 µs. A reply with more is refused as a whole."""

_MOST_READINGS = 10
"""How often each character is read on average, for the same reason."""

_TEXT_KEPT = 2**16
"""Characters of a broken piece that are kept: more than a record has, so that it can be mended."""

_SLACK = 1_000
"""Characters that may be read again, however short a reply is."""

_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)'
_BRACKETS = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
_MARKS = re.compile(rf"{_STRING}|[\[\]{{}},:]", re.DOTALL)

Loads = Callable[[str], Any]


def cut_deep(text: str) -> str:
    """`text` with every value below `_LEVELS` levels replaced by `DEEP`. Linear in its length, at any depth.

    Raises ValueError for a text that ends below them.
    """
    if text.count("[") + text.count("{") <= _LEVELS:
        return text
    kept: list[str] = []
    depth = start = end = 0
    for mark in _BRACKETS.finditer(text):
        sign = text[mark.start()]
        if sign in "[{":
            depth += 1
            if depth == _LEVELS + 1:
                start = mark.start()
        elif sign in "]}":
            depth -= 1
            if depth == _LEVELS:
                kept += text[end:start], DEEP
                end = mark.end()
    if depth > _LEVELS:
        raise ValueError("cut off")
    return "".join([*kept, text[end:]])


def read_by_pieces(text: str, loads: Loads, decode: Decode) -> Any:
    """The value of a JSON text, with `Unwritable` for the smallest pieces that are no JSON.

    `loads` reads a whole text, `decode` the value at a place of one. First it is assumed that elements of lists are
    broken, whose quotation marks need not be in pairs (see `Neighbours`), then that anything else is, and at last that
    brackets of records are missing (see `Resynchronised`). Raises ValueError where the text may be cut off: then it
    should be requested again.
    """
    try:
        return loads(text)
    except ValueError as error:
        why = error
    whole = text.strip()
    bounded = _bounded(loads, len(whole))

    def piece(broken: str) -> Any:
        return _value(broken, bounded, _LEVELS_OF_PIECES)

    budget = _MOST_READINGS * len(whole) + _SLACK
    try:
        with suppress(Unclear):
            return Neighbours(whole, decode, broken=piece, pairs=object_of_pairs, budget=budget).read()
        if _is_closed(whole):
            return piece(whole)
        with suppress(Unclear):
            return Resynchronised(whole, decode, broken=piece, pairs=object_of_pairs, budget=budget).read()
        raise why
    except (_TooBroken, OverflowError):
        raise ValueError("too many pieces are no JSON") from None


class _TooBroken(Exception):  # noqa: N818 - a signal within this module
    """More pieces are broken than are worth the time."""


def _bounded(loads: Loads, size: int) -> Loads:
    failures, characters = _MOST_FAILURES, _MOST_READINGS * size + _SLACK

    def bounded(text: str) -> Any:
        nonlocal failures, characters
        characters -= len(text)
        if failures < 0 or characters < 0:
            raise _TooBroken
        try:
            return loads(text)
        except ValueError:
            failures -= 1
            raise

    return bounded


def _value(text: str, loads: Loads, levels: int) -> Any:
    try:
        return loads(text)
    except ValueError:
        pass
    text = text.strip()
    if levels and _is_closed(text):
        pieces = list(_split(text[1:-1]))
        if text[0] == "[":
            return [_value(piece, loads, levels - 1) for piece, _ in pieces]
        return object_of_pairs([_member(piece, colon, loads, levels - 1) for piece, colon in pieces])
    return Unwritable(text[:_TEXT_KEPT], "syntax")


def _member(piece: str, colon: int, loads: Loads, levels: int) -> tuple[str, Any]:
    """The name and value of a member of an object. `colon`: where the name ends, or -1."""
    name, value = piece[: max(colon, 0)], piece[colon + 1 :].strip()
    try:
        known = loads(name)
    except ValueError:
        known = None
    if isinstance(known, str):
        return known, _value(value, loads, levels)
    return name.strip()[:_TEXT_KEPT], Unwritable(value[:_TEXT_KEPT], "syntax")


def _is_closed(text: str) -> bool:
    """Whether a text is one list or object: its first bracket is closed by its last character."""
    if text[:1] + text[-1:] not in ("[]", "{}"):
        return False
    depth = 0
    for mark in _BRACKETS.finditer(text):
        sign = text[mark.start()]
        depth += (sign in "[{") - (sign in "]}")
        if depth == 0:
            return mark.end() == len(text)
    return False


def _split(inner: str) -> Iterator[tuple[str, int]]:
    """The pieces between commas, and where the first colon of each stands, or -1. An empty last piece is left out.

    Between two objects that stand side by side the comma is missing.
    """
    depth = start = 0
    colon = closed = -1
    for mark in _MARKS.finditer(inner):
        sign = inner[mark.start()]
        if depth == 0 and sign == "{" and closed > start and not inner[closed : mark.start()].strip():
            yield inner[start : mark.start()], colon
            start, colon = mark.start(), -1
        depth += (sign in "[{") - (sign in "]}")
        if depth == 0 and sign == "}":
            closed = mark.end()
        if depth == 0 and sign == ":" and colon < 0:
            colon = mark.start() - start
        elif depth == 0 and sign == ",":
            yield inner[start : mark.start()], colon
            start, colon = mark.end(), -1
    if inner[start:].strip():
        yield inner[start:], colon
