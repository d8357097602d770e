"""Whether every name in the files leads to code of the right shape, and every parameter fits it."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from lienthong.calendars.calendar import Calendar
from lienthong.configuration.bind import bind
from lienthong.configuration.condition_check import condition_faults
from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault, KeyPath, Mismatch
from lienthong.configuration.load import Loaded
from lienthong.configuration.names import (
    PORT_METHODS,
    migration_folder,
    port_class,
    schema_class,
    settings_class,
    step_function,
)
from lienthong.configuration.personal import unmarked_keys
from lienthong.configuration.resolve import APPLY_ARGUMENTS, ENRICH_ARGUMENTS
from lienthong.configuration.variables import used_variables
from lienthong.errors import Finding
from lienthong.messages import message
from lienthong.ports import Table
from lienthong.route import Apply, Route
from lienthong.settings import PartSettings

RENDER_ARGUMENTS = ("document",)
"""What the function of a report format is called with, by position."""

KEPT_BY_ARGUMENTS = ("connection", "digests")
"""What the function that names bodies of files is called with, by position."""

ARCHIVE_ARGUMENTS = ("site", "dossier")
"""What the function that states what there is of a dossier is called with, by position."""

MIGRATIONS_NAME = r"(?!ledger$|lienthong$)[a-z][a-z0-9_]{0,30}"
"""A key of `migrations`: it becomes part of a table's name, and two of them are the engine's own."""


class NotedTables(dict[str, Table]):
    """The tables, also those that could not be read. `used` has the names of those that were looked up.

    `calendars`, `own_files`: the same of calendars and of the project's own files.
    """

    def __init__(self, loaded: Loaded) -> None:
        super().__init__({name: loaded.settings.tables.get(name, {}) for name in loaded.layout.parts["tables"]})
        self.used: set[str] = set()
        known = loaded.settings.calendars
        self.own_files = {name: loaded.settings.own_files.get(name) for name in loaded.settings.bus.settings}
        self.calendars = {name: known.get(name, Calendar(name)) for name in loaded.layout.parts["calendars"]}

    def __getitem__(self, name: str) -> Table:
        self.used.add(name)
        return super().__getitem__(name)


def check_names(loaded: Loaded, tables: NotedTables) -> Iterator[Finding]:
    """Every fault of a name, a parameter or a condition, in the files that could be read."""
    for name, route in loaded.understood("routes").items():
        yield from _route(route, loaded.documents["routes"][name], tables)
    sources = loaded.layout.parts["sources"]  # also those that could not be read
    for part, method in PORT_METHODS.items():
        for name, settings in loaded.understood(part).items():
            yield from _part(settings, method, loaded.documents[part][name], tables=tables, sources=sources)
    for suffix, render in loaded.settings.bus.formats.items():
        yield from _function(render, RENDER_ARGUMENTS, loaded.documents["bus"]["bus"], ("formats", suffix))
    yield from _file_functions(loaded)
    for event_type, schema in loaded.settings.bus.types.items():
        yield from _schema(schema, loaded.documents["bus"]["bus"], ("types", event_type))
    for name, shape in loaded.settings.bus.settings.items():
        yield from _settings(shape, loaded.documents["bus"]["bus"], ("settings", name))
    for name, request in loaded.understood("requests").items():
        for key in ("accepts", "answers"):
            yield from _schema(getattr(request, key), loaded.documents["requests"][name], (key,))
    for name, package in loaded.settings.bus.migrations.items():
        yield from _migrations(name, package, loaded.documents["bus"]["bus"])


def _file_functions(loaded: Loaded) -> Iterator[Finding]:
    bus = loaded.settings.bus
    named = (("kept_by", bus.kept_by, KEPT_BY_ARGUMENTS), ("archived_by", bus.archived_by, ARCHIVE_ARGUMENTS))
    for key, function, arguments in named:
        if function:
            yield from _function(function, arguments, loaded.documents["bus"]["bus"], ("files", key))


def _route(route: Route, document: Document, tables: NotedTables) -> Iterator[Finding]:
    conditions: list[tuple[str, KeyPath]] = [] if route.when is None else [(route.when, ("when",))]
    conditions += [(one.when, ("to", route.to.index(one.sink), "when")) for one in route.conditions]
    for expression, path in conditions:
        for fault in condition_faults(expression):
            yield document.locate_inside(fault, path)
    for place, step in enumerate(route.steps):
        at: KeyPath = ("steps", place)
        key, arguments = ("apply", APPLY_ARGUMENTS) if isinstance(step, Apply) else ("enrich", ENRICH_ARGUMENTS)
        yield from _function(step.function, arguments, document, (*at, key), parameters=step.parameters, tables=tables)
        if not isinstance(step, Apply):
            yield from _function(step.keys, APPLY_ARGUMENTS, document, (*at, "keys"))


def _function(
    dotted: str,
    positional: tuple[str, ...],
    document: Document,
    at: KeyPath,
    *,
    parameters: Mapping[str, Any] | None = None,
    tables: NotedTables | None = None,
) -> Iterator[Finding]:
    try:
        function = step_function(dotted, positional)
    except Mismatch as mismatch:
        yield from (document.locate(fault, at) for fault in mismatch.faults)
        return
    try:
        if tables is None:
            bind(function, parameters or {}, tables={})
        else:
            bind(function, parameters or {}, tables=tables, calendars=tables.calendars, own_files=tables.own_files)
    except Mismatch as mismatch:
        yield from _parameter_findings(mismatch, document, at)


def _part(
    settings: PartSettings, method: str, document: Document, *, tables: NotedTables, sources: Collection[str]
) -> Iterator[Finding]:
    try:
        connector = port_class(settings.use, method)
    except Mismatch as mismatch:
        yield from (document.locate(fault, ("use",)) for fault in mismatch.faults)
        return
    try:
        named: dict[str, Any] = {"tables": tables, "calendars": tables.calendars, "own_files": tables.own_files}
        bind(connector, settings.parameters, **named, sources=sources)
    except Mismatch as mismatch:
        yield from _parameter_findings(mismatch, document, ("use",))


def _schema(dotted: str, document: Document, at: KeyPath) -> Iterator[Finding]:
    try:
        unmarked = unmarked_keys(schema_class(dotted))
    except Mismatch as mismatch:
        yield from (document.locate(fault, at) for fault in mismatch.faults)
        return
    if unmarked:
        what = message("`{keys}` of `{schema}` carries no mark", keys="`, `".join(unmarked), schema=dotted)
        yield document.locate(Fault("LT309", what), at)


def _settings(dotted: str, document: Document, at: KeyPath) -> Iterator[Finding]:
    try:
        settings_class(dotted)
    except Mismatch as mismatch:
        yield from (document.locate(fault, at) for fault in mismatch.faults)


def _migrations(name: str, dotted: str, document: Document) -> Iterator[Finding]:
    at: KeyPath = ("migrations", name)
    if not re.fullmatch(MIGRATIONS_NAME, name):
        what = message("`{name}` cannot name migrations", name=name)
        advice = message(
            "write a short name of a-z, 0-9 and _ that begins with a letter, but not `ledger` or `lienthong`"
        )
        yield document.locate(Fault("LT205", what, advice, of_key=True), at)
    try:
        migration_folder(dotted)
    except Mismatch as mismatch:
        yield from (document.locate(fault, at) for fault in mismatch.faults)


def _parameter_findings(mismatch: Mismatch, document: Document, at: KeyPath) -> Iterator[Finding]:
    """Faults of parameters are placed in `with`; only what is wrong with the code itself, where it is named."""
    for fault in mismatch.faults:
        place = at if fault.code == "LT305" else (*at[:-1], "with")
        names = ", ".join(used.name for used in used_variables(document.position(place + fault.path).written))
        what = message("{what} ({names})", what=fault.what, names=names) if names else fault.what
        yield document.locate(replace(fault, what=what), place)
