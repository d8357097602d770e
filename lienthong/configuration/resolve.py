"""Names become objects: the pipeline of a route, and the connectors that `use` names. For the composition root."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from lienthong.calendars.calendar import Calendar
from lienthong.configuration.bind import bind
from lienthong.configuration.condition_check import compile_condition
from lienthong.configuration.names import resolve, step_function
from lienthong.configuration.parameters import NO_FOLDER
from lienthong.ports import Lookup, Site, Table
from lienthong.processing.budget import Budget
from lienthong.processing.pipeline import Pipeline
from lienthong.processing.sink_selection import SinkSelection
from lienthong.processing.steps import ApplyStep, EnrichStep
from lienthong.route import Apply, Route, Step
from lienthong.settings import PartSettings, Settings, SinkSettings
from lienthong.topology import sink_queue

__all__ = [
    "APPLY_ARGUMENTS",
    "ENRICH_ARGUMENTS",
    "make_connector",
    "make_part",
    "make_pipeline",
    "resolve",
    "sinks_with",
]

APPLY_ARGUMENTS = ("envelope",)
"""What the function of an applying step, and the `keys` function of an enriching one, is called with, by position."""

ENRICH_ARGUMENTS = ("envelope", "found")
"""What the function of an enriching step is called with, by position."""


def make_connector(
    use: str,
    site: Site,
    parameters: Mapping[str, Any],
    tables: Mapping[str, Table],
    *,
    calendars: Mapping[str, Calendar] | None = None,
    own_files: Mapping[str, Any] | None = None,
    folder: Path = NO_FOLDER,
) -> Any:
    """An object of the class that `use` names; relative paths among its parameters begin in `folder`.

    Raises `Mismatch` if the name or the parameters do not fit.
    """
    target: Any = resolve(use)
    named: Any = {"tables": tables, "calendars": calendars, "own_files": own_files}
    return target(site, **bind(target, parameters, **named, folder=folder))


def make_part(part: PartSettings, settings: Settings, site: Site) -> Any:
    """The source, sink, lookup or report of its file, with all that the project's files name.

    Raises `Mismatch` as `make_connector` does.
    """
    return make_connector(
        part.use,
        site,
        part.parameters,
        settings.tables,
        calendars=settings.calendars,
        own_files=settings.own_files,
        folder=settings.folder,
    )


def sinks_with(method: str, settings: Settings) -> Iterator[SinkSettings]:
    """The sinks whose class has a method that not every sink has, such as `verify`."""
    return (sink for sink in settings.sinks.values() if hasattr(resolve(sink.use), method))


def make_pipeline(route: Route, settings: Settings, lookups: Mapping[str, Lookup]) -> Pipeline:
    """The route's work, with every function bound to its parameters. Raises `Mismatch` or KeyError (no such lookup)."""
    when = None if route.when is None else compile_condition(route.when)
    steps = [_bind_step(step, settings, lookups) for step in route.steps]
    return Pipeline(when, steps, _sink_selection(route))


def _sink_selection(route: Route) -> SinkSelection | None:
    if not route.conditions:
        return None
    conditions = {one.sink: compile_condition(one.when) for one in route.conditions}
    return SinkSelection({sink_queue(sink): conditions.get(sink) for sink in route.to})


def _bind_step(step: Step, settings: Settings, lookups: Mapping[str, Lookup]) -> ApplyStep | EnrichStep:
    arguments = APPLY_ARGUMENTS if isinstance(step, Apply) else ENRICH_ARGUMENTS
    function = step_function(step.function, arguments)
    named: Any = {"tables": settings.tables, "calendars": settings.calendars, "own_files": settings.own_files}
    bound = partial(function, **bind(function, step.parameters, **named))
    if isinstance(step, Apply):
        return ApplyStep(step.function, bound)
    keys = step_function(step.keys, APPLY_ARGUMENTS)
    budget = None if step.budget is None else Budget(step.lookup, step.budget)
    return EnrichStep(step.function, keys, step.lookup, lookups[step.lookup], bound, budget=budget)
