"""Whether the files fit together: names that do not exist, files that no other file names, and disabled files."""

from collections.abc import Iterable, Iterator, Mapping

from lienthong.configuration.check_after import awaited_faults
from lienthong.configuration.check_loops import loop_fault
from lienthong.configuration.faults import Fault, KeyPath, suggest
from lienthong.configuration.load import Loaded
from lienthong.errors import Finding
from lienthong.messages import message
from lienthong.route import Enrich, Route
from lienthong.settings import SourceSettings

UNKNOWN_CODES: Mapping[str, str] = {
    "sources": "LT601",
    "sinks": "LT602",
    "lookups": "LT603",
    "inboxes": "LT618",
    "schedules": "LT619",
    "requests": "LT623",
}
"""The code of a name that does not exist, by the folder of config/ it would be in."""


def check_links(loaded: Loaded) -> Iterator[Finding]:
    """Names of files of config/ that do not exist or are disabled; and those that no route uses.

    Unused files are left out while a misspelt name or an unreadable route may be the reason.
    """
    routes: Mapping[str, Route] = loaded.understood("routes")
    unknown: set[str] = set()
    for name, route in routes.items():
        for part, target, at in _references(route):
            if target not in loaded.layout.parts[part]:
                unknown.add(part)
                yield loaded.documents["routes"][name].locate(_unknown(part, target, loaded.layout.parts[part]), at)
            elif target in loaded.disabled[part] and name in loaded.settings.routes:
                yield loaded.documents["routes"][name].locate(_disabled(part, target, at), at)
        yield from awaited_faults(loaded, name)
        if fault := loop_fault(route, routes.values()):
            yield loaded.documents["routes"][name].locate(fault, ("from",))
    yield from _partial_listings(loaded)
    if routes and len(routes) == len(loaded.layout.routes):
        yield from _unused(loaded, routes, unknown)


def _partial_listings(loaded: Loaded) -> Iterator[Finding]:
    """Sources with `lists_everything` that show changes only."""
    sources: Mapping[str, SourceSettings] = loaded.understood("sources")
    for name, source in sources.items():
        if source.lists_everything and "since" in source.parameters:
            fault = Fault("LT617", message("with `since`, a poll does not show everything"))
            yield loaded.documents["sources"][name].locate(fault, ("lists_everything",))


def _references(route: Route) -> Iterator[tuple[str, str, KeyPath]]:
    """The folder, name and place of everything a route names."""
    yield route.origin.folder, route.origin.name, ("from", route.origin.door)
    for place, sink in enumerate(route.to):
        yield "sinks", sink, ("to", place, "sink")
    for place, step in enumerate(route.steps):
        if isinstance(step, Enrich):
            yield "lookups", step.lookup, ("steps", place, "from")


def _unknown(part: str, name: str, known: Iterable[str]) -> Fault:
    what = message("there is no config/{folder}/{name}.yaml", folder=part, name=name)
    return Fault(UNKNOWN_CODES[part], what, suggest(name, known))


def _disabled(part: str, name: str, at: KeyPath) -> Fault:
    what = message("config/{folder}/{name}.yaml is disabled (enabled: false)", folder=part, name=name)
    return Fault("LT613" if at[0] == "from" else "LT612", what)


def _unused(loaded: Loaded, routes: Mapping[str, Route], unknown: set[str]) -> Iterator[Finding]:
    """Enabled files that no route uses. A route that is disabled uses its files all the same."""
    used = {
        (part, name)
        for route in routes.values()
        for part, name, at in _references(route)
        if part != "sinks" or at[0] == "to"  # a sink that a route begins with receives nothing by that
    }
    faults = {
        "sinks": Fault("LT605", message("no route leads to this sink")),
        "sources": Fault("LT606", message("no route begins with this source")),
        "lookups": Fault("LT607", message("no step queries this lookup")),
        "inboxes": Fault("LT620", message("no route begins with this inbox")),
        "schedules": Fault("LT620", message("no route begins with this schedule")),
    }
    for part in faults.keys() - unknown:
        names = {name for kind, name in used if kind == part} | loaded.disabled[part].keys()
        yield from _report_unused(loaded, part, names, faults[part])


def unused_tables(loaded: Loaded, used: Iterable[str]) -> Iterator[Finding]:
    """The tables that no parameter names."""
    yield from _report_unused(loaded, "tables", used, Fault("LT608", message("no parameter names this table")))


def _report_unused(loaded: Loaded, part: str, used: Iterable[str], fault: Fault) -> Iterator[Finding]:
    for name in sorted(loaded.documents[part].keys() - set(used)):
        yield loaded.documents[part][name].locate(fault)
