"""Whether what a route comes `after` exists, is polled, and does not in turn wait for the route."""

from collections.abc import Iterator, Mapping

from lienthong.configuration.faults import Fault, suggest
from lienthong.configuration.load import Loaded
from lienthong.errors import Finding
from lienthong.messages import message
from lienthong.route import Route, parse_origin


def awaited_faults(loaded: Loaded, name: str) -> Iterator[Finding]:
    """Every fault of the names under `after` of one route."""
    routes: Mapping[str, Route] = loaded.understood("routes")
    if routes[name].after and not routes[name].origin.is_polled:
        what = message("the events of this route come by themselves: nothing holds them back")
        yield loaded.documents["routes"][name].locate(Fault("LT622", what), ("after",))
        return
    for place, awaited in enumerate(routes[name].after):
        fault = _fault(loaded, routes, name, awaited)
        if fault is not None:
            yield loaded.documents["routes"][name].locate(fault, ("after", place))


def _fault(loaded: Loaded, routes: Mapping[str, Route], name: str, awaited: str) -> Fault | None:
    if awaited not in loaded.layout.parts["sources"] and awaited not in loaded.layout.routes:
        what = message("there is no source and no route `{name}`", name=awaited)
        return Fault("LT614", what, suggest(awaited, [*loaded.layout.parts["sources"], *loaded.layout.routes]))
    source = _source_of(awaited, loaded, routes)
    if source is None:  # the file of the route could not be read, which is a finding of its own
        return None
    if routes[name].source in _reachable(source, loaded, routes):
        return Fault("LT615", message("`{name}` waits, in the end, for the source of this route", name=awaited))
    enabled = loaded.settings.routes
    origin = parse_origin(source)
    is_enabled = origin.is_polled and origin.name not in loaded.disabled[origin.folder]
    is_polled = is_enabled and any(one.source == source for one in enabled.values())
    if name in enabled and not is_polled:
        return Fault("LT616", message("the source `{source}` is never polled", source=source))
    return None


def _source_of(name: str, loaded: Loaded, routes: Mapping[str, Route]) -> str | None:
    if name in loaded.layout.parts["sources"]:
        return name
    return routes[name].source if name in routes else None


def _reachable(source: str, loaded: Loaded, routes: Mapping[str, Route]) -> set[str]:
    """The source and all that it awaits, directly or through others."""
    found: set[str] = set()
    waiting = [source]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            names = [name for route in routes.values() if route.source == one for name in route.after]
            waiting += [other for name in names if (other := _source_of(name, loaded, routes))]
    return found
