"""The value of a YAML file that remembers where each part of it was written."""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lienthong.configuration.faults import Fault, level_of
from lienthong.errors import Finding

KeyPath = tuple[str | int, ...]
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Spot(NamedTuple):
    """A place in a file, counted from 1. `written` is a scalar as its author wrote it, `style` its YAML style."""

    file: str
    line: int
    column: int
    written: str = ""
    style: str = ""


@dataclass(slots=True)
class Document:
    """A file's value, and where each of its keys and values stands, by the path of keys that leads there."""

    file: str
    value: Any = None
    text: str = ""
    keys: dict[KeyPath, Spot] = field(default_factory=dict)
    values: dict[KeyPath, Spot] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def spot(self, path: KeyPath, *, of_key: bool = False) -> Spot:
        """Where `path` stands, or else the nearest thing around it that is written in the file."""
        if of_key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Spot(self.file, 1, 1))

    def locate(self, fault: Fault, under: KeyPath = ()) -> Finding:
        """`fault` of the value at `under`, with its place in the file."""
        path = under + fault.path
        spot = self.spot(path, of_key=fault.of_key)
        advice = fault.advice
        if fault.code == "LT112" and spot.written:
            advice = f'put it in quotes: "{spot.written}"'
        return Finding(spot.file, spot.line, spot.column, fault.code, fault.what, advice, level_of(fault.code))

    def locate_inside(self, fault: Fault, path: KeyPath) -> Finding:
        """`fault` of the text at `path`, whose own path is a (line, column) within that text."""
        spot = self.spot(path)
        line, column = spot.line, spot.column
        if fault.path and "$" not in spot.written and spot.written:
            line, column = self._within(spot, int(fault.path[0]), int(fault.path[1]))
        return Finding(spot.file, line, column, fault.code, fault.what, fault.advice, level_of(fault.code))

    def _within(self, spot: Spot, line: int, column: int) -> tuple[int, int]:
        """Where (line, column) of a scalar's text stands in the file, for each way YAML has to write a text."""
        lines = _LINE_BREAK.split(self.text)
        first = spot.line - 1
        if spot.style == "|":
            body = lines[first + 1 :]
            indent = next((len(row) - len(row.lstrip()) for row in body if row.strip()), 0)
            return spot.line + line, indent + column
        rows = ["" if spot.style == ">" else lines[first][spot.column - 1 :], *lines[first + 1 :]]
        left = column - 1 + (spot.style in ("'", '"'))
        for number, row in enumerate(rows):
            text = row.strip()
            if text and left <= len(text):
                indent = spot.column - 1 if number == 0 else len(row) - len(row.lstrip())
                return spot.line + number, indent + left + 1
            left -= len(text) + 1 if text else 0
        return spot.line, spot.column

    def finding(self, code: str, path: KeyPath, what: str, advice: str, *, of_key: bool = False) -> Finding:
        """A fault of the value at `path`, or of its key."""
        spot = self.spot(path, of_key=of_key)
        return Finding(spot.file, spot.line, spot.column, code, what, advice, level_of(code))

    def overlay(self, other: "Document", at: KeyPath) -> None:
        """Lay the part of `other` under `at` over this document; what it says wins, mappings are merged."""
        part: Any = other.value
        for key in at:
            part = part[key]
        self.value = _merged(self.value, part)
        mine: dict[KeyPath, Spot]
        for mine, theirs in ((self.keys, other.keys), (self.values, other.values)):
            for path, spot in theirs.items():
                below = path[len(at) :]
                if below and path[: len(at)] == at and not _is_mapping(part, below):
                    mine[below] = spot
                elif below and path[: len(at)] == at:
                    mine.setdefault(below, spot)


def _is_mapping(value: Any, path: KeyPath) -> bool:
    for key in path:
        if not (isinstance(value, dict) and key in value):
            return False
        value = value[key]
    return isinstance(value, dict)


def _merged(base: Any, over: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return {**base, **{key: _merged(base.get(key), value) for key, value in over.items()}}
