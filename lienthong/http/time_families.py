"""Times of stages, routes, sources and schedules as families of Prometheus; see `families` for their names."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client.core import SummaryMetricFamily

from lienthong.http.families import asked_stages, gauge
from lienthong.operations.figures import Figures
from lienthong.ports.status import NOTHING_SPENT, Spent, TimeKey
from lienthong.route import Route
from lienthong.settings import Settings
from lienthong.topology import route_queue, sink_queue

_Labels = tuple[str, ...]
_Times = dict[_Labels, Spent]


def time_families(figures: Figures, settings: Settings, stages: Iterable[str]) -> Iterator[Any]:
    """How long it takes. Sums and counts of bundles: their rates have the mean of any time."""
    asked = asked_stages(settings)
    timed = sorted({*stages} - asked)  # requests are timed where they are asked
    duration: _Times = {(stage,): figures.times.get(TimeKey("duration", stage), NOTHING_SPENT) for stage in timed}
    text = "From the attempt of a bundle to its commit."
    yield _summary("stage_duration_seconds", text, _begun(duration), ("stage",))
    wait: _Times = {(stage,): figures.times.get(TimeKey("wait", stage), NOTHING_SPENT) for stage in timed}
    text = "From the publication of a bundle to its attempt, without waits on purpose."
    yield _summary("stage_wait_seconds", text, _begun(wait), ("stage",))
    text = "From the receipt of a bundle's first event to its delivery by a sink of the route."
    delivered = [route for route in settings.routes.values() if route.to and route_queue(route.name) not in asked]
    critical: _Times = {(route.name,): _critical(route, figures.times) for route in delivered}
    yield _summary("critical_time_seconds", text, critical, ("route",))
    lag: dict[_Labels, float] = {}
    late: dict[_Labels, float] = {}
    for view in figures.sources:
        if view.state == "disabled":
            continue
        if view.status.new_at is not None and view.next_due is None:
            lag[view.name,] = max((figures.at - view.status.new_at).total_seconds(), 0.0)
        if view.next_due is not None:
            late[view.name,] = max((figures.at - view.next_due).total_seconds(), 0.0)
    yield gauge("source_lag_seconds", "Time since the last new event of a source.", lag, ("source",))
    yield gauge("schedule_late_seconds", "How long a due moment of a schedule waits.", late, ("source",))


def _begun(times: _Times) -> _Times:
    """Of the stages that had work. Not for times that an alarm looks at: a rate needs the 0 before the first one."""
    return {key: spent for key, spent in times.items() if spent.bundles}


def _critical(route: Route, times: Mapping[TimeKey, Spent]) -> Spent:
    """Of the events of the route's source, at the sinks of the route."""
    found = [times.get(TimeKey("critical", sink_queue(sink), route.source), NOTHING_SPENT) for sink in route.to]
    return Spent(sum(one.bundles for one in found), sum(one.seconds for one in found))


def _summary(name: str, text: str, values: _Times, labels: _Labels) -> SummaryMetricFamily:
    family = SummaryMetricFamily(f"lienthong_{name}", text, labels=labels)
    for key, spent in values.items():
        family.add_metric(key, spent.bundles, spent.seconds)
    return family
