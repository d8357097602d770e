"""The value of a YAML file that knows where each part of it stands in the file."""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lienthong.configuration.faults import Fault, KeyPath
from lienthong.errors import Finding

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Position(NamedTuple):
    """A place in a file, counted from 1. `written` is a scalar as the file has it, `style` its YAML style."""

    file: str
    line: int
    column: int
    written: str = ""
    style: str = ""


@dataclass(slots=True)
class Document:
    """A file's value, and the position of each of its keys and values, by the path of keys that leads there."""

    file: str
    value: Any = None
    text: str = ""
    keys: dict[KeyPath, Position] = field(default_factory=dict)
    values: dict[KeyPath, Position] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def position(self, path: KeyPath, *, of_key: bool = False) -> Position:
        """Where the value at `path` stands, or its key; else the nearest thing around it that the file has."""
        if of_key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Position(self.file, 1, 1))

    def locate(self, fault: Fault, under: KeyPath = ()) -> Finding:
        """`fault` of the value at `under`, as a finding with its place in the file."""
        position = self.position(under + fault.path, of_key=fault.of_key)
        return fault.at(position.file, position.line, position.column, position.written)

    def report(self, fault: Fault, under: KeyPath = ()) -> None:
        """Add `fault` of the value at `under` to the findings."""
        self.findings.append(self.locate(fault, under))

    def locate_inside(self, fault: Fault, path: KeyPath) -> Finding:
        """`fault` of the text at `path`, whose own path is a (line, column) within that text."""
        position = self.position(path)
        line, column = position.line, position.column
        if fault.path and "$" not in position.written and position.written:
            line, column = self._within(position, int(fault.path[0]), int(fault.path[1]))
        return fault.at(position.file, line, column)

    def _within(self, scalar: Position, line: int, column: int) -> tuple[int, int]:
        """Where (line, column) of a scalar's text stands in the file, for each way YAML has to write a text."""
        lines = _LINE_BREAK.split(self.text)
        first = scalar.line - 1
        if scalar.style == "|":
            body = lines[first + 1 :]
            indent = next((len(row) - len(row.lstrip()) for row in body if row.strip()), 0)
            return scalar.line + line, indent + column
        rows = ["" if scalar.style == ">" else lines[first][scalar.column - 1 :], *lines[first + 1 :]]
        left = column if scalar.style in ("'", '"') else column - 1
        for number, row in enumerate(rows):
            text = row.strip()
            if text and left <= len(text):
                indent = scalar.column - 1 if number == 0 else len(row) - len(row.lstrip())
                return scalar.line + number, indent + left + 1
            left -= len(text) + 1 if text else 0
        return scalar.line, scalar.column

    def overlay(self, other: "Document", at: KeyPath) -> None:
        """Lay the part of `other` at `at` over this document: its values win, mappings are merged."""
        part: Any = other.value
        for key in at:
            part = part[key]
        self.value = _merge(self.value, part)
        for positions, over in ((self.keys, other.keys), (self.values, other.values)):
            for path, position in over.items():
                below = path[len(at) :]
                if below and path[: len(at)] == at and not _is_mapping(part, below):
                    positions[below] = position
                elif below and path[: len(at)] == at:
                    positions.setdefault(below, position)


def _is_mapping(value: Any, path: KeyPath) -> bool:
    for key in path:
        if not (isinstance(value, dict) and key in value):
            return False
        value = value[key]
    return isinstance(value, dict)


def _merge(base: Any, over: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return {**base, **{key: _merge(base.get(key), value) for key, value in over.items()}}
