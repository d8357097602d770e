"""A YAML file as plain Python values that know where each of them stands in the file.

YAML is read as events, not as objects: no tag ever constructs anything, the depth is bounded before anything is
built, and every key and value keeps its line and column.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from lienthong.configuration.document import Document, Position
from lienthong.configuration.faults import Fault, KeyPath
from lienthong.configuration.variables import substitute
from lienthong.configuration.yaml_scalars import STR, key_fault, make_scalar, tag_of
from lienthong.configuration.yaml_text import parser_finding, read_text
from lienthong.messages import message

MAX_DEPTH = 30
"""Levels of nesting at most."""

MAX_VALUES = 200_000
"""Values of a file at most; an alias counts as all the values it stands for."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path, file: str, variables: Mapping[str, str] | None) -> Document:
    """The value of the file at `path`; its faults are in `findings`, all of them as far as the file can be read.

    `file` is its name in findings. `${NAME}` is replaced from `variables`; None leaves it as it is.
    """
    document = Document(file)
    text = read_text(path, file, document.findings)
    if text is None:
        return document
    document.text = text
    try:
        _Reader(document, variables).run()
    except yaml.YAMLError as error:
        document.findings.append(parser_finding(error, file, text))
        document.value = None
    except _StopReadingError:
        document.value = None
    return document


class _StopReadingError(Exception):
    """The rest of the file cannot be read; the reason is already among its findings."""


class _Reader:
    """One pass over the events of one file."""

    def __init__(self, document: Document, variables: Mapping[str, str] | None) -> None:
        self._loader = _Loader(document.text)
        self._next: Callable[[], Any] = self._loader.get_event
        self._document = document
        self._variables = variables
        self._anchors: dict[str, tuple[Any, dict[KeyPath, Position]]] = {}
        self._count = 0

    def run(self) -> None:
        self._next()
        if not isinstance(self._loader.peek_event(), yaml.events.DocumentStartEvent):
            self._report(Fault("LT104", message("the file is empty")), self._loader.peek_event())
            return
        self._next()
        self._document.value = self._value((), self._next())
        self._next()
        end = self._next()
        if isinstance(end, yaml.events.DocumentStartEvent):
            what = message("a second document begins here (`---`)")
            self._report(Fault("LT101", what, message("keep one document per file")), end)
        elif self._document.value is None and not self._document.findings:
            self._report(Fault("LT104", message("the file has no content")), end)

    def _position(self, event: Event, written: str = "", style: str = "") -> Position:
        mark: Any = event.start_mark
        return Position(self._document.file, mark.line + 1, mark.column + 1, written, style)

    def _report(self, fault: Fault, event: Event) -> None:
        place = self._position(event)
        self._document.findings.append(fault.at(place.file, place.line, place.column))

    def _stop(self, event: Event) -> NoReturn:
        what = message("the file nests too deep or holds too many values")
        self._report(Fault("LT110", what, message("keep within {levels} levels", levels=MAX_DEPTH)), event)
        raise _StopReadingError

    def _value(self, path: KeyPath, event: Any) -> Any:
        self._count += 1
        if len(path) > MAX_DEPTH or self._count > MAX_VALUES:
            self._stop(event)
        kind = type(event)
        if kind is ScalarEvent:
            self._document.values[path] = self._position(event, event.value, event.style or "")
        else:
            self._document.values[path] = self._position(event)
            if kind is AliasEvent:
                return self._alias(path, event)
        if event.tag is not None:
            self._refuse_tag(event)
        if kind is ScalarEvent:
            value: Any = self._scalar(event)
        elif kind is MappingStartEvent:
            value = self._mapping(path)
        else:
            value = self._sequence(path)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._positions_under(path))
        return value

    def _positions_under(self, path: KeyPath) -> dict[KeyPath, Position]:
        values = self._document.values.items()
        return {key[len(path) :]: position for key, position in values if key[: len(path)] == path and key != path}

    def _alias(self, path: KeyPath, event: AliasEvent) -> Any:
        if event.anchor not in self._anchors:
            what = message("`*{name}` refers to nothing complete above it", name=event.anchor)
            advice = message("write `&{name}` before a value higher up", name=event.anchor)
            self._report(Fault("LT101", what, advice), event)
            return None
        value, positions = self._anchors[event.anchor]
        self._count += len(positions)
        if max(map(len, positions), default=0) + len(path) > MAX_DEPTH:
            self._stop(event)
        for below, position in positions.items():
            self._document.values[path + below] = position
        return value

    def _refuse_tag(self, event: Any) -> None:
        if event.tag not in (STR, "!"):
            what = message("the tag `{tag}` is not allowed", tag=event.tag.replace("tag:yaml.org,2002:", "!!")[:40])
            self._report(Fault("LT109", what, message("write plain values, without `!`")), event)

    def _mapping(self, path: KeyPath) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.events.MappingEndEvent):
            key = self._key(event)
            if key in mapping:
                first = self._document.keys[(*path, key)].line
                what = message("the key `{key}` was given before, in line {line}", key=key, line=first)
                self._report(Fault("LT103", what), event)
            else:
                self._document.keys[(*path, key)] = self._position(event)
            mapping[key] = self._value((*path, key), self._next())
        return mapping

    def _key(self, event: Event) -> str:
        if not isinstance(event, ScalarEvent):
            self._report(Fault("LT111", message("a key must be plain text"), message("write `key: value`")), event)
            raise _StopReadingError
        fault = key_fault(event.value, tag_of(event))
        if fault is not None:
            self._report(fault, event)
        return event.value

    def _sequence(self, path: KeyPath) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            items.append(self._value((*path, len(items)), event))
        return items

    def _scalar(self, event: ScalarEvent) -> Any:
        if self._variables is not None and "$" in event.value:
            text, faults = substitute(event.value, self._variables)
            for fault in faults:
                self._report(fault, event)
            return text
        value = make_scalar(event.value, tag_of(event))
        if isinstance(value, Fault):
            self._report(value, event)
            return None
        return value
