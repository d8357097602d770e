"""Reads every configuration file and makes `Settings` of those that can be understood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lienthong.configuration import shapes
from lienthong.configuration.document import Document, KeyPath
from lienthong.configuration.faults import Fault, nearest
from lienthong.configuration.layout import PARTS, Layout, survey
from lienthong.configuration.nodes import read
from lienthong.configuration.retry_rules import ladder_faults, retry_policy
from lienthong.configuration.route_files import route_of
from lienthong.errors import Finding
from lienthong.ports import Table
from lienthong.route import Route
from lienthong.settings import (
    BusSettings,
    LookupSettings,
    ReportSettings,
    Settings,
    SinkSettings,
    SourceSettings,
    fold,
)

Shape = TypeVar("Shape", bound=BaseModel)
_SHAPES: Mapping[str, type[shapes.PartFile]] = {
    "sources": shapes.SourceFile,
    "sinks": shapes.SinkFile,
    "lookups": shapes.PartFile,
    "reports": shapes.PartFile,
}


@dataclass(slots=True)
class Loaded:
    """Settings, with the documents they came from: by folder (`routes`, `sources`, ...) and name."""

    layout: Layout
    settings: Settings
    documents: Mapping[str, Mapping[str, Document]]
    findings: list[Finding] = field(default_factory=list)


def load(root: Path, variables: Mapping[str, str]) -> tuple[Settings, list[Finding]]:
    """What the files under `root` say, and every fault in them. Never raises for what a file holds.

    A file with faults that leave it no meaning is left out of the settings. `variables` is the environment;
    LIENTHONG_ENV in it names the file of config/env/ that is laid over the others.
    """
    loaded = load_documents(root, variables)
    return loaded.settings, sorted(loaded.findings)


def load_documents(root: Path, variables: Mapping[str, str]) -> Loaded:
    """The same with the documents kept, for checks that look further."""
    layout = survey(root)
    reader = _Reading(layout, variables)
    bus = reader.bus()
    parts = {part: {name: reader.part(part, name, bus) for name in layout.parts[part]} for part in PARTS}
    routes = {name: reader.route(name, bus) for name in layout.routes}
    settings = Settings(bus=bus, routes=_sound(routes), **{part: _sound(named) for part, named in parts.items()})
    return Loaded(layout, settings, reader.documents, [*layout.findings, *reader.findings()])


def _sound(named: Mapping[str, Any | None]) -> dict[str, Any]:
    return {name: value for name, value in named.items() if value is not None}


def shaped(document: Document, shape: type[Shape]) -> Shape | None:
    """The document's value in `shape`, or None; every complaint is added to the document's findings."""
    if document.value is None:
        return None
    if not isinstance(document.value, dict):
        what = f"the file is {shapes.words(document.value)}, not a mapping"
        document.findings.append(document.finding("LT105", (), what, "write `key: value` lines"))
        return None
    try:
        return shape.model_validate(document.value)
    except ValidationError as error:
        document.findings.extend(document.locate(fault) for fault in shapes.faults_of(error, shape))
        return None


class _Reading:
    """One reading of a layout, in one environment."""

    def __init__(self, layout: Layout, variables: Mapping[str, str]) -> None:
        self._layout = layout
        self._variables = variables
        self.documents: dict[str, dict[str, Document]] = {part: {} for part in ("bus", "env", "routes", *PARTS)}
        self._env = self._environment(variables.get("LIENTHONG_ENV", ""))

    def findings(self) -> list[Finding]:
        documents = [document for named in self.documents.values() for document in named.values()]
        return [finding for document in documents for finding in document.findings]

    def _read(self, kind: str, name: str, path: Path) -> Document:
        document = read(path, self._layout.shown(path), self._variables)
        self.documents[kind][name] = document
        return document

    def _environment(self, name: str) -> Document | None:
        if not name:
            return None
        if name not in self._layout.environments:
            what = f"LIENTHONG_ENV names `{name}`, but there is no config/env/{name}.yaml"
            finding = Finding("config/env", 1, 1, "LT609", what, nearest(name, self._layout.environments))
            self._layout.findings.append(finding)
            return None
        document = self._read("env", name, self._layout.environments[name])
        if shaped(document, shapes.EnvFile) is None:
            return None
        for part in document.value:
            known = self._layout.parts.get(part)
            for unknown in sorted(set(document.value[part] or ()) - set(known)) if known is not None else ():
                what = f"there is no config/{part}/{unknown}.yaml to lay this over"
                advice = nearest(unknown, known or ())
                document.findings.append(document.finding("LT609", (part, unknown), what, advice, of_key=True))
        return document

    def _overlaid(self, document: Document, at: KeyPath) -> Document:
        value = None if self._env is None else self._env.value
        for key in at:
            value = value.get(key) if isinstance(value, dict) else None
        if self._env is not None and value is not None and isinstance(document.value, dict):
            document.overlay(self._env, at)
        return document

    def bus(self) -> BusSettings:
        path = self._layout.root / "config" / "bus.yaml"
        if not path.exists():
            return BusSettings()
        document = self._overlaid(self._read("bus", "bus", path), ("bus",))
        said = shaped(document, shapes.BusFile)
        if said is None:
            return BusSettings()
        ladder = BusSettings().ladder if said.ladder is None else tuple(said.ladder)
        faults = ladder_faults(ladder)
        document.findings.extend(document.locate(fault, ("ladder",)) for fault in faults)
        if faults:
            return BusSettings()
        personal = None if said.personal is None else frozenset(said.personal)
        return BusSettings(
            bundle_size=said.bundle.size,
            room=said.room,
            halt_after=said.halt_after,
            ladder=ladder,
            formats=said.formats,
            personal=personal,
            types=said.types,
            migrations=said.migrations,
        )

    def route(self, name: str, bus: BusSettings) -> Route | None:
        document = self._read("routes", name, self._layout.routes[name])
        said = shaped(document, shapes.RouteFile)
        return None if said is None else route_of(name, said, bus, document)

    def part(self, part: str, name: str, bus: BusSettings) -> Any:
        document = self._read(part, name, self._layout.parts[part][name])
        if part == "tables":
            return _table(document)
        said = shaped(self._overlaid(document, (part, name)), _SHAPES[part])
        makers: Mapping[str, Callable[..., Any]] = {"lookups": LookupSettings, "reports": ReportSettings}
        if isinstance(said, shapes.SourceFile):
            return SourceSettings(name, said.use, said.every, said.parameters)
        if isinstance(said, shapes.SinkFile):
            retry = retry_policy(said.retry, bus.ladder, document)
            return SinkSettings(name, said.use, said.parameters, retry, said.replay, said.owner or "")
        return None if said is None else makers[part](name, said.use, said.parameters)


def _table(document: Document) -> Table | None:
    if document.value is not None and not isinstance(document.value, dict):
        what = f"a table is a mapping of text to text, not {shapes.words(document.value)}"
        document.findings.append(document.finding("LT105", (), what, 'write `"text": "text"` lines'))
        return None
    table: dict[str, str] = {}
    for key, value in (document.value or {}).items():
        if not isinstance(value, str):
            document.findings.append(document.locate(_not_text(key, value)))
        elif table.setdefault(fold(key), value) != value:
            what = f"`{key}` is the same key as one above, once case and spaces are folded"
            document.findings.append(document.finding("LT103", (key,), what, "keep one of them", of_key=True))
    return None if document.value is None else table


def _not_text(key: str, value: object) -> Fault:
    if isinstance(value, list | dict | None):
        return Fault("LT203", f"`{key}` wants text, but {shapes.words(value)} stands here", "write text", (key,))
    what = f"`{key}` is text, but YAML reads what stands here without quotes as {shapes.words(value)}"
    return Fault("LT112", what, "put it in quotes", (key,))
