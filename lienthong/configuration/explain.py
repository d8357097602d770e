"""A route in plain words: where its events come from, what happens to them, where they go."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from lienthong.configuration import duration
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.names import resolve
from lienthong.retry import RetryPolicy
from lienthong.route import Apply, Route
from lienthong.settings import Settings
from lienthong.topology import EXCHANGE


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `label` says what it is about; empty where it goes on with the line above."""

    label: str
    text: str


def explain(route: Route, settings: Settings) -> list[Line]:
    """`route` in the order an event meets it. Names that do not resolve are said to be unknown; it never raises."""
    lines = [Line(route.name, route.description.strip()), Line("from", _from(route, settings))]
    lines.append(Line("when", route.when.strip() if route.when else "always"))
    steps = list(_steps(route)) or ["nothing: events pass as they are"]
    lines.extend(Line("" if number else "steps", text) for number, text in enumerate(steps))
    lines.append(Line("to", ", ".join(_sink(name, settings) for name in route.to)))
    if route.announce:
        lines.append(Line("announce", f"batches of CloudEvents on {EXCHANGE}, for subscribers"))
    lines.append(Line("retry", timeline(route.retry)))
    return lines


def timeline(retry: RetryPolicy) -> str:
    """When a failing event is tried again, and when it is given up."""
    waits: list[str] = []
    attempt = 1
    while (wait := retry.wait_after(attempt)) is not None:
        waits.append(duration.show(wait))
        attempt += 1
    if not waits:
        return "none → dead after 1 try"
    shown = ", ".join(waits) if len(waits) <= SHOWN else ", ".join([*waits[: SHOWN - 1], "...", waits[-1]])
    return f"{shown} → dead after {attempt} tries, about {duration.show(retry.total_wait(attempt - 1))}"


SHOWN = 8


def _from(route: Route, settings: Settings) -> str:
    source = settings.sources.get(route.source)
    if source is None:
        return f"{route.source} (unknown)"
    return f"{route.source}, asked every {duration.show(source.every)}: {_first_line(source.use)}"


def _steps(route: Route) -> Iterator[str]:
    for number, step in enumerate(route.steps, 1):
        text = f"{number}. {step.function}: {_first_line(step.function)}"
        yield text if isinstance(step, Apply) else f"{text} (asks {step.lookup}, once per bundle)"


def _sink(name: str, settings: Settings) -> str:
    sink = settings.sinks.get(name)
    return f"{name} (unknown)" if sink is None else f"{name} ({_first_line(sink.use)})"


def _first_line(dotted: str) -> str:
    try:
        written = inspect.getdoc(resolve(dotted))
    except Mismatch:
        return "unknown"
    return (written or "says nothing about itself").partition("\n")[0].rstrip(".")
