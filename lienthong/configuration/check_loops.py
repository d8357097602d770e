"""Whether what a sink hands back would come to it again, and so cause a delivery without end."""

from collections.abc import Iterable, Sequence

from lienthong.configuration.faults import Fault
from lienthong.messages import message
from lienthong.route import Origin, Route


def loop_fault(route: Route, routes: Iterable[Route]) -> Fault | None:
    """The fault of a route that leads, in the end, to the sink that it begins with."""
    sinks = find_loop(route, routes)
    if not sinks:
        return None
    way = " → ".join(f"`{sink}`" for sink in sinks)
    return Fault("LT621", message("what the sink hands back comes to it again: {way}", way=way))


def find_loop(route: Route, routes: Iterable[Route]) -> Sequence[str]:
    """The sinks on the way from the sink that a route begins with back to that sink; none when there is no such way.

    A route with `returns` is not followed: where it leads back, this is meant.
    """
    if route.origin.door != "sink" or route.returns:
        return ()
    routes, start = [one for one in routes if not one.returns], route.origin.name
    ways: list[tuple[str, ...]] = [(start, sink) for sink in route.to]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            here = str(Origin("sink", way[-1]))
            ways += [(*way, sink) for one in routes if one.source == here for sink in one.to]
    return ()
