"""Whether the files fit together: what names what, what nobody names, and which routes have their cases."""

from collections.abc import Iterable, Iterator

from lienthong.configuration.case_files import VERDICTS, Case, read_cases
from lienthong.configuration.document import Document, KeyPath
from lienthong.configuration.faults import Fault, nearest
from lienthong.configuration.load import Loaded
from lienthong.errors import Finding
from lienthong.route import Enrich, Route


def check_links(loaded: Loaded) -> Iterator[Finding]:
    """Names of sources, sinks and lookups that do not exist; and those that exist and nobody names.

    What nobody names is not told while a misspelt name or an unreadable route may be the reason.
    """
    unknown: set[str] = set()
    for name, route in loaded.settings.routes.items():
        for part, code, named, at in _references(route):
            if named not in loaded.layout.parts[part]:
                unknown.add(part)
                known = loaded.layout.parts[part]
                fault = Fault(code, f"there is no config/{part}/{named}.yaml", nearest(named, known))
                yield loaded.documents["routes"][name].locate(fault, at)
    if loaded.settings.routes and len(loaded.settings.routes) == len(loaded.layout.routes):
        yield from _unused(loaded, unknown)


def _references(route: Route) -> Iterator[tuple[str, str, str, KeyPath]]:
    yield "sources", "LT601", route.source, ("from",)
    for place, sink in enumerate(route.to):
        yield "sinks", "LT602", sink, ("to", place)
    for place, step in enumerate(route.steps):
        if isinstance(step, Enrich):
            yield "lookups", "LT603", step.lookup, ("steps", place, "from")


_UNUSED = {
    "sinks": ("LT605", "no route leads to this sink", "name it under `to` of a route, or remove the file"),
    "sources": ("LT606", "no route begins with this source", "write a route `from` it, or remove the file"),
    "lookups": ("LT607", "no step asks this lookup", "name it in an enriching step, or remove the file"),
}


def _unused(loaded: Loaded, unknown: set[str]) -> Iterator[Finding]:
    used = {(part, named) for route in loaded.settings.routes.values() for part, _, named, _ in _references(route)}
    for part in _UNUSED.keys() - unknown:
        yield from _told(loaded, part, {named for kind, named in used if kind == part}, Fault(*_UNUSED[part]))


def unused_tables(loaded: Loaded, used: Iterable[str]) -> Iterator[Finding]:
    """The tables that no parameter names."""
    fault = Fault("LT608", "no parameter names this table", "name it, or remove the file")
    yield from _told(loaded, "tables", used, fault)


def _told(loaded: Loaded, part: str, used: Iterable[str], fault: Fault) -> Iterator[Finding]:
    for name in sorted(loaded.documents[part].keys() - set(used)):
        yield loaded.documents[part][name].locate(fault)


def check_cases(loaded: Loaded) -> Iterator[Finding]:
    """Every route has cases that show each verdict; every file of cases has its route."""
    for name in sorted(loaded.layout.routes.keys() - loaded.layout.cases.keys()):
        fault = Fault("LT701", "the route has no cases", f"write routes/{name}.cases.yaml")
        yield loaded.documents["routes"][name].locate(fault)
    for name, path in loaded.layout.cases.items():
        cases, document = read_cases(path, loaded.layout.shown(path))
        if name not in loaded.layout.routes:
            what = f"there is no routes/{name}.yaml for these cases"
            yield document.locate(Fault("LT610", what, nearest(name, loaded.layout.routes)))
        if name in loaded.settings.routes and not document.findings:
            yield from _judge(cases, loaded.settings.routes[name], document, set(loaded.layout.parts["lookups"]))
        yield from document.findings


def _judge(cases: list[Case], route: Route, document: Document, lookups: set[str]) -> Iterator[Finding]:
    lacking = [verdict for verdict in VERDICTS if verdict not in {case.expect.verdict for case in cases}]
    if lacking:
        what = f"no case shows an event that is {' or '.join(lacking)}"
        advice = f"add a case with expect: {{verdict: {lacking[0]}}}"
        yield document.locate(Fault("LT702", what, advice), ("cases",))
    asked = {step.lookup for step in route.steps if isinstance(step, Enrich)}
    for place, case in enumerate(cases if asked <= lookups else ()):
        for lookup in sorted(case.found.keys() - asked):
            advice = nearest(lookup, asked) if asked else "the route asks no lookup: leave `found` out"
            fault = Fault("LT704", f"the route does not ask `{lookup}`", advice, (lookup,), of_key=True)
            yield document.locate(fault, ("cases", place, "found"))
