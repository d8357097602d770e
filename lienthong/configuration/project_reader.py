"""Reads the files of one project in one environment, one after the other."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from lienthong.access.rate import parse_rate
from lienthong.access.rules import DEFAULT_ACCESS, AccessRules
from lienthong.configuration.calendar_files import CalendarFiles
from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault, KeyPath, suggest
from lienthong.configuration.layout import PARTS, Layout
from lienthong.configuration.own_files import read_own_files
from lienthong.configuration.request_files import make_request
from lienthong.configuration.retry_rules import ladder_faults, retry_policy
from lienthong.configuration.route_files import make_route
from lienthong.configuration.schedule_files import make_schedule
from lienthong.configuration.shapes.access import AccessFile
from lienthong.configuration.shapes.bus import BusFile, EnvFile
from lienthong.configuration.shapes.parts import (
    InboxFile,
    LinkedFile,
    LookupFile,
    PartFile,
    ReportFile,
    SinkFile,
    SourceFile,
)
from lienthong.configuration.shapes.request import RequestFile
from lienthong.configuration.shapes.route import RouteFile
from lienthong.configuration.shapes.schedule import ScheduleFile
from lienthong.configuration.shapes.validation import validate
from lienthong.configuration.table_files import make_table
from lienthong.configuration.yaml_reader import read
from lienthong.errors import Finding
from lienthong.messages import message
from lienthong.settings import (
    DEFAULT_BUS,
    BusSettings,
    InboxSettings,
    PartSettings,
    ProxySettings,
    SinkSettings,
    SourceSettings,
)

PART_SHAPES: Mapping[str, type[PartFile]] = {
    "sources": SourceFile,
    "inboxes": InboxFile,
    "sinks": SinkFile,
    "lookups": LookupFile,
    "reports": ReportFile,
}


KEPT = ("bus", "access", "env", "own", "routes", *PARTS)
"""The kinds of documents."""


class File(NamedTuple):
    """What a file describes; `value` is None when it could not be understood."""

    value: Any = None
    enabled: bool = True


class ProjectReader:
    """One reading of a layout. `documents` has what was read, by kind and name."""

    def __init__(self, layout: Layout, variables: Mapping[str, str]) -> None:
        self._layout = layout
        self._variables = variables
        self.documents: dict[str, dict[str, Document]] = {kind: {} for kind in KEPT}
        self._calendars = CalendarFiles(self._read_calendar, layout.parts["calendars"])
        self._environment = self._read_environment(variables.get("LIENTHONG_ENV", ""))

    def findings(self) -> list[Finding]:
        """The faults of all documents so far."""
        documents = [document for named in self.documents.values() for document in named.values()]
        return [finding for document in documents for finding in document.findings]

    def bus(self) -> BusSettings:
        """The settings of config/bus.yaml; the defaults without the file, and where its ladder cannot be used."""
        path = self._layout.settings_file("bus")
        if not path.exists():
            return DEFAULT_BUS
        document = self._overlaid(self._read("bus", "bus", path), ("bus",))
        file = validate(document, BusFile)
        if file is None:
            return DEFAULT_BUS
        ladder = DEFAULT_BUS.ladder if file.ladder is None else tuple(file.ladder)
        faults = ladder_faults(ladder)
        for fault in faults:
            document.report(fault, ("ladder",))
        return BusSettings(
            language=file.language,
            bundle_size=file.bundle.size,
            room=file.room,
            halt_after=file.halt_after,
            max_message_bytes=file.max_message_bytes,
            reconcile_after=file.reconcile_after,
            ladder=DEFAULT_BUS.ladder if faults else ladder,
            formats=file.formats,
            personal=None if file.personal is None else frozenset(file.personal),
            types=file.types,
            insecure=file.insecure,
            proxies=ProxySettings(trusted=tuple(file.proxies.trusted), header=file.proxies.header),
            migrations=file.migrations,
            settings=file.settings,
            kept_by=file.files.kept_by or "",
            archived_by=file.files.archived_by or "",
            files_age=file.files.age,
            keep_announcements=file.announcements.keep,
            webhook_origin=file.announcements.origin,
        )

    def access(self) -> AccessRules:
        """The rules of config/access.yaml; the defaults without the file."""
        path = self._layout.settings_file("access")
        file = validate(self._read("access", "access", path), AccessFile) if path.exists() else None
        return DEFAULT_ACCESS if file is None else file.rules()

    def own_files(self, bus: BusSettings) -> Mapping[str, Any]:
        """What the project's own files state, by name; those that could not be read are not in it."""
        bus_document = self.documents["bus"].get("bus")
        return read_own_files(self._layout, bus.settings, partial(self._read, "own"), bus_document)

    def route(self, name: str, bus: BusSettings) -> File:
        """The route of routes/`name`.yaml."""
        document = self._read("routes", name, self._layout.routes[name])
        file = validate(document, RouteFile)
        return File() if file is None else File(make_route(name, file, bus, document), file.enabled)

    def part(self, kind: str, name: str, bus: BusSettings) -> File:
        """The settings of config/`kind`/`name`.yaml, the request, the schedule, the table, or the calendar."""
        if kind == "calendars":
            return File(self._calendars.load(name))
        document = self._read(kind, name, self._layout.parts[kind][name])
        if kind == "tables":
            return File(make_table(document))
        if kind == "schedules":
            return self._schedule(name, document)
        if kind == "requests":
            return self._request(name, document)
        file = validate(self._overlaid(document, (kind, name)), PART_SHAPES[kind])
        return File() if file is None else File(_part_settings(name, file, bus, document), file.enabled)

    def _schedule(self, name: str, document: Document) -> File:
        file = validate(self._overlaid(document, ("schedules", name)), ScheduleFile)
        return File() if file is None else File(make_schedule(name, file, document), file.enabled)

    def _request(self, name: str, document: Document) -> File:
        file = validate(self._overlaid(document, ("requests", name)), RequestFile)
        return File() if file is None else File(make_request(name, file, document), file.enabled)

    def _read_calendar(self, name: str) -> Document:
        return self._read("calendars", name, self._layout.parts["calendars"][name])

    def _read(self, kind: str, name: str, path: Path) -> Document:
        document = read(path, self._layout.relative(path), self._variables)
        self.documents[kind][name] = document
        return document

    def _read_environment(self, name: str) -> Document | None:
        if not name:
            return None
        if name not in self._layout.environments:
            what = message("LIENTHONG_ENV names `{name}`, but there is no config/env/{name}.yaml", name=name)
            self._layout.findings.append(
                Fault("LT609", what, suggest(name, self._layout.environments)).at("config/env")
            )
            return None
        document = self._read("env", name, self._layout.environments[name])
        if validate(document, EnvFile) is None:
            return None
        for part in document.value:
            if part in self._layout.parts:
                self._check_overlay(document, part, document.value[part] or ())
        return document

    def _check_overlay(self, document: Document, part: str, named: Any) -> None:
        known = self._layout.parts[part]
        for name in sorted(set(named) - set(known)):
            what = message("there is no config/{folder}/{name}.yaml for this to change", folder=part, name=name)
            document.report(Fault("LT609", what, suggest(name, known), (part, name), of_key=True))

    def _overlaid(self, document: Document, at: KeyPath) -> Document:
        """`document` with what the environment has for it."""
        value = None if self._environment is None else self._environment.value
        for key in at:
            value = value.get(key) if isinstance(value, dict) else None
        if self._environment is not None and value is not None and isinstance(document.value, dict):
            document.overlay(self._environment, at)
        return document


def _part_settings(name: str, file: PartFile, bus: BusSettings, document: Document) -> PartSettings:
    common: dict[str, Any] = {
        "name": name,
        "use": file.use,
        "parameters": file.parameters,
        "description": file.description or "",
        "insecure": isinstance(file, LinkedFile) and file.insecure,
    }
    match file:
        case InboxFile():
            return InboxSettings(
                **common,
                access=file.access,
                scope=file.scope or f"inbox:{name}",
                rate=parse_rate(file.rate),
                silent_after=file.silent_after,
                max_bytes=file.max_bytes,
                max_records=file.max_records,
                room=file.room,
            )
        case SourceFile():
            return SourceSettings(
                **common, every=file.every, silent_after=file.silent_after, lists_everything=file.lists_everything
            )
        case SinkFile():
            retry = retry_policy(file.retry, bus.ladder, document)
            return SinkSettings(**common, retry=retry, replay=file.replay, owner=file.owner or "")
        case ReportFile():
            return PartSettings(**common, in_recordings=file.in_recordings)
        case _:
            return PartSettings(**common)
