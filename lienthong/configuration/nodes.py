"""A YAML file as plain Python values that remember where each of them was written.

YAML is read as events, not as objects: nothing is ever constructed from a tag, the depth is bounded before
anything is built, and every key and value keeps its line and column.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.constructor import SafeConstructor
from yaml.events import (
    AliasEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.resolver import Resolver

from lienthong.configuration.document import Document, KeyPath, Spot
from lienthong.configuration.text import complain, read_text, substitute
from lienthong.errors import Finding

MAX_DEPTH = 30
MAX_VALUES = 200_000
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONSTRUCTOR = SafeConstructor()
_SCALARS = {
    "tag:yaml.org,2002:int": _CONSTRUCTOR.construct_yaml_int,
    "tag:yaml.org,2002:float": _CONSTRUCTOR.construct_yaml_float,
    "tag:yaml.org,2002:bool": _CONSTRUCTOR.construct_yaml_bool,
    "tag:yaml.org,2002:timestamp": _CONSTRUCTOR.construct_yaml_timestamp,
}
_RESOLVER: Any = Resolver()
_STR, _NULL = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"


def read(path: Path, file: str, variables: Mapping[str, str] | None) -> Document:
    """What `path` says; its faults are in `findings`, all of them as far as the file can be read.

    `file` is how findings name it. `${NAME}` is replaced from `variables`; None leaves it as written.
    """
    document = Document(file)
    text = read_text(path, file, document.findings)
    if text is None:
        return document
    document.text = text
    reader = _Reader(text, document, variables)
    try:
        reader.run()
    except yaml.YAMLError as error:
        document.findings.append(complain(error, file, text))
        document.value = None
    except _StopReadingError:
        document.value = None
    return document


@lru_cache(maxsize=4096)  # keys are the same in every file
def _tag_of(text: str) -> str:
    """The tag YAML gives to `text` without quotes."""
    return str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))


class _StopReadingError(Exception):
    """The file is not worth reading on; why is already among its findings."""


class _Reader:
    """One pass over the events of one file."""

    def __init__(self, text: str, document: Document, variables: Mapping[str, str] | None) -> None:
        self._loader = _Loader(text)
        self._next: Callable[[], Any] = self._loader.get_event
        self._document = document
        self._variables = variables
        self._anchors: dict[str, tuple[Any, dict[KeyPath, Spot]]] = {}
        self._count = 0

    def run(self) -> None:
        self._next()
        if not isinstance(self._loader.peek_event(), yaml.events.DocumentStartEvent):
            self._report("LT104", self._loader.peek_event(), "the file is empty", "write it, or remove it")
            return
        self._next()
        self._document.value = self._value((), self._next())
        self._next()
        more = self._next()
        if isinstance(more, yaml.events.DocumentStartEvent):
            self._report("LT101", more, "a second document begins here (`---`)", "keep one document per file")
        elif self._document.value is None and not self._document.findings:
            self._report("LT104", more, "the file says nothing", "write it, or remove it")

    def _spot(self, event: Event, written: str = "") -> Spot:
        mark: Any = event.start_mark
        style = getattr(event, "style", None) or ""
        return Spot(self._document.file, mark.line + 1, mark.column + 1, written, style)

    def _report(self, code: str, event: Event, what: str, advice: str) -> None:
        spot = self._spot(event)
        self._document.findings.append(Finding(spot.file, spot.line, spot.column, code, what, advice))

    def _stop(self, event: Event) -> NoReturn:
        self._report("LT110", event, "the file nests too deep or holds too much", f"keep within {MAX_DEPTH} levels")
        raise _StopReadingError

    def _value(self, path: KeyPath, event: Any) -> Any:
        self._count += 1
        if len(path) > MAX_DEPTH or self._count > MAX_VALUES:
            self._stop(event)
        self._document.values[path] = self._spot(event, getattr(event, "value", ""))
        if isinstance(event, AliasEvent):
            return self._alias(path, event)
        self._refuse_tag(event)
        if isinstance(event, MappingStartEvent):
            value: Any = self._mapping(path)
        elif isinstance(event, SequenceStartEvent):
            value = self._sequence(path)
        else:
            value = self._scalar(event)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._under(path))
        return value

    def _under(self, path: KeyPath) -> dict[KeyPath, Spot]:
        found = {
            known[len(path) :]: spot for known, spot in self._document.values.items() if known[: len(path)] == path
        }
        return {below: spot for below, spot in found.items() if below}

    def _alias(self, path: KeyPath, event: AliasEvent) -> Any:
        if event.anchor not in self._anchors:
            what = f"`*{event.anchor}` refers to nothing complete above it"
            self._report("LT101", event, what, f"write `&{event.anchor}` before a value higher up")
            return None
        value, spots = self._anchors[event.anchor]
        self._count += len(spots)
        if max(map(len, spots), default=0) + len(path) > MAX_DEPTH:
            self._stop(event)
        for below, spot in spots.items():
            self._document.values[path + below] = spot
        return value

    def _refuse_tag(self, event: NodeEvent) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in (_STR, "!"):
            written = tag.replace("tag:yaml.org,2002:", "!!")[:40]
            self._report("LT109", event, f"the tag `{written}` is not allowed", "write plain values, without `!`")

    def _mapping(self, path: KeyPath) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.events.MappingEndEvent):
            key = self._key(event)
            if key in mapping:
                first = self._document.keys[(*path, key)]
                self._report(
                    "LT103", event, f"the key `{key}` was given before, in line {first.line}", "keep one of them"
                )
            else:
                self._document.keys[(*path, key)] = self._spot(event)
            mapping[key] = self._value((*path, key), self._next())
        return mapping

    def _key(self, event: Event) -> str:
        if not isinstance(event, ScalarEvent):
            self._report("LT111", event, "a key must be plain text", "write `key: value`")
            raise _StopReadingError
        tag = self._tag(event, event.value)
        if tag == "tag:yaml.org,2002:merge":
            self._report("LT109", event, "merge keys (`<<`) are not supported", "write the keys out")
        elif tag != _STR:
            kind = tag.rpartition(":")[2]
            what = f"the key `{event.value}` without quotes is read by YAML as {kind}, not as text"
            self._report("LT111", event, what, f'put it in quotes: "{event.value}"')
        return event.value

    def _sequence(self, path: KeyPath) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            items.append(self._value((*path, len(items)), event))
        return items

    def _tag(self, event: ScalarEvent, text: str) -> str:
        return _tag_of(text) if event.implicit[0] else _STR

    def _scalar(self, event: ScalarEvent) -> Any:
        if self._variables is not None and "$" in event.value:
            text, faults = substitute(event.value, self._variables)
            for code, what, advice in faults:
                self._report(code, event, what, advice)
            return text
        tag = self._tag(event, event.value)
        if tag == _NULL:
            return None
        try:
            return _SCALARS[tag](yaml.ScalarNode(tag, event.value)) if tag in _SCALARS else event.value
        except (ValueError, OverflowError, ArithmeticError):
            what = f"`{event.value[:40]}` is no {tag.rpartition(':')[2]} that exists"
            self._report("LT113", event, what, "correct it, or put it in quotes if it is text")
            return None
