"""Names become objects: the pipeline of a route, and the connectors that `use` names. For the composition root."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from lienthong.configuration.bind import bind
from lienthong.configuration.condition_check import compile_condition
from lienthong.configuration.names import resolve, step_function
from lienthong.ports import Lookup, Site, Table
from lienthong.processing.pipeline import Pipeline
from lienthong.processing.steps import ApplyStep, EnrichStep
from lienthong.route import Apply, Route, Step
from lienthong.settings import Settings

__all__ = ["APPLIED", "ENRICHED", "make_connector", "make_pipeline", "resolve"]

APPLIED = ("envelope",)
ENRICHED = ("envelope", "found")
"""What the functions of steps are given by position."""


def make_connector(use: str, site: Site, parameters: Mapping[str, Any], tables: Mapping[str, Table]) -> Any:
    """An object of the class that `use` names. Raises `Mismatch` if it cannot be named so or made from these."""
    target: Any = resolve(use)
    return target(site, **bind(target, parameters, tables=tables))


def make_pipeline(route: Route, settings: Settings, lookups: Mapping[str, Lookup]) -> Pipeline:
    """The route's work, with every function bound to its parameters. Raises `Mismatch` or KeyError (no such lookup)."""
    when = None if route.when is None else compile_condition(route.when)
    return Pipeline(when, [_bound(step, settings.tables, lookups) for step in route.steps])


def _bound(step: Step, tables: Mapping[str, Table], lookups: Mapping[str, Lookup]) -> ApplyStep | EnrichStep:
    if isinstance(step, Apply):
        function = step_function(step.function, APPLIED)
        return ApplyStep(step.function, partial(function, **bind(function, step.parameters, tables=tables)))
    function = step_function(step.function, ENRICHED)
    bound = partial(function, **bind(function, step.parameters, tables=tables))
    return EnrichStep(step.function, step_function(step.keys, APPLIED), step.lookup, lookups[step.lookup], bound)
