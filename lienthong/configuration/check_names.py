"""Whether every name in the files leads to code of the right shape, and every parameter fits it."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lienthong.configuration.bind import bind
from lienthong.configuration.condition_check import condition_faults
from lienthong.configuration.document import Document, KeyPath
from lienthong.configuration.faults import Fault, Mismatch
from lienthong.configuration.load import Loaded
from lienthong.configuration.names import PORT_METHODS, migration_folder, port_class, schema_class, step_function
from lienthong.configuration.personal import marked_keys
from lienthong.configuration.resolve import APPLIED, ENRICHED
from lienthong.errors import Finding
from lienthong.ports import Table
from lienthong.route import Apply, Route

RENDER = ("document",)
_MIGRATIONS = re.compile(r"(?!ledger$|lienthong$)[a-z][a-z0-9_]{0,30}")
"""A key of `migrations`: it becomes part of a table's name, and two of them are the engine's own."""


class NotedTables(dict[str, Table]):
    """The tables, those too that could not be read, remembering which of them were asked for."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__({name: loaded.settings.tables.get(name, {}) for name in loaded.layout.parts["tables"]})
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> Table:
        self.used.add(name)
        return super().__getitem__(name)


def check_names(loaded: Loaded, tables: NotedTables) -> Iterator[Finding]:
    """Every fault of a name, a parameter or a condition, in the files that could be read."""
    for name, route in loaded.settings.routes.items():
        yield from _route(route, loaded.documents["routes"][name], tables)
    sources = loaded.layout.parts["sources"]  # those too that could not be read
    for part, method in PORT_METHODS.items():
        settings: Mapping[str, Any] = getattr(loaded.settings, part)
        for name, setting in settings.items():
            document = loaded.documents[part][name]
            yield from _part(setting.use, method, setting.parameters, document, tables=tables, sources=sources)
    for suffix, render in loaded.settings.bus.formats.items():
        yield from _function(render, RENDER, loaded.documents["bus"]["bus"], ("formats", suffix))
    for event_type, schema in loaded.settings.bus.types.items():
        yield from _schema(schema, loaded.documents["bus"]["bus"], ("types", event_type))
    for name, package in loaded.settings.bus.migrations.items():
        yield from _migrations(name, package, loaded.documents["bus"]["bus"])


def _route(route: Route, document: Document, tables: NotedTables) -> Iterator[Finding]:
    if route.when is not None:
        for fault in condition_faults(route.when):
            yield document.locate_inside(fault, ("when",))
    for place, step in enumerate(route.steps):
        at: KeyPath = ("steps", place)
        if isinstance(step, Apply):
            yield from _function(
                step.function, APPLIED, document, (*at, "apply"), parameters=step.parameters, tables=tables
            )
        else:
            yield from _function(
                step.function, ENRICHED, document, (*at, "enrich"), parameters=step.parameters, tables=tables
            )
            yield from _function(step.keys, APPLIED, document, (*at, "keys"))


def _function(
    dotted: str,
    positional: tuple[str, ...],
    document: Document,
    at: KeyPath,
    *,
    parameters: Mapping[str, Any] | None = None,
    tables: Mapping[str, Table] | None = None,
) -> Iterator[Finding]:
    try:
        function = step_function(dotted, positional)
    except Mismatch as mismatch:
        yield from (document.locate(fault, at) for fault in mismatch.faults)
        return
    try:
        bind(function, parameters or {}, tables=tables or {})
    except Mismatch as mismatch:
        yield from _misfits(mismatch, document, at)


def _part(
    use: str,
    method: str,
    parameters: Mapping[str, Any],
    document: Document,
    *,
    tables: NotedTables,
    sources: Collection[str],
) -> Iterator[Finding]:
    try:
        connector = port_class(use, method)
    except Mismatch as mismatch:
        yield from (document.locate(fault, ("use",)) for fault in mismatch.faults)
        return
    try:
        bind(connector, parameters, tables=tables, sources=sources)
    except Mismatch as mismatch:
        yield from _misfits(mismatch, document, ("use",))


def _schema(dotted: str, document: Document, at: KeyPath) -> Iterator[Finding]:
    try:
        marked_keys(schema_class(dotted))
    except Mismatch as mismatch:
        yield from (document.locate(fault, at) for fault in mismatch.faults)


def _migrations(name: str, dotted: str, document: Document) -> Iterator[Finding]:
    at: KeyPath = ("migrations", name)
    if not _MIGRATIONS.fullmatch(name):
        advice = "write a short name of a-z, 0-9 and _ that begins with a letter, but not `ledger` or `lienthong`"
        yield document.locate(Fault("LT205", f"`{name}` cannot name migrations", advice, of_key=True), at)
    try:
        migration_folder(dotted)
    except Mismatch as mismatch:
        yield from (document.locate(fault, at) for fault in mismatch.faults)


def _misfits(mismatch: Mismatch, document: Document, at: KeyPath) -> Iterator[Finding]:
    """Faults of parameters stand in `with`; only what is wrong with the code itself stands where it is named."""
    for fault in mismatch.faults:
        yield document.locate(fault, at if fault.code == "LT305" else (*at[:-1], "with"))
