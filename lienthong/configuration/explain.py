"""A route in plain words: where its events come from, what happens to them, where they go.

A line is in the reader's language as a whole. Names of routes, functions and connectors, and the `description` of a
file are the project's own data and shown as they are. The docstring of a function or class is an English sentence of
its code: it stands in for a missing `description` when the reader's language is English, and is left out otherwise.
"""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from lienthong.configuration import duration
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.names import resolve
from lienthong.messages import Message, message, reader_language
from lienthong.retry import RetryPolicy
from lienthong.route import Apply, Route
from lienthong.settings import PartSettings, Settings, SourceSettings
from lienthong.topology import EXCHANGE

MAX_WAITS = 8
"""Waits of a retry that are listed; more are shortened."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `label` is its subject; empty where it goes on with the line above."""

    label: str
    text: str


def explain(route: Route, settings: Settings) -> list[Line]:
    """`route` in the order in which an event passes it. Names that do not resolve are marked as unknown; no errors."""
    return [
        Line(route.name, route.description.strip()),
        Line(message("from"), _source(route.source, settings)),
        *_labelled(message("after"), [_awaited(name, settings) for name in route.after]),
        Line(message("when"), route.when.strip() if route.when else message("always")),
        *_labelled(message("steps"), list(_steps(route)) or [message("none: events pass as they are")]),
        *_labelled(message("to"), [_sink(route, name, settings) for name in route.to]),
        *_announcement(route),
        Line(message("retry"), timeline(route.retry)),
        *([Line(message("owner"), route.owner)] if route.owner else []),
    ]


def timeline(retry: RetryPolicy) -> Message:
    """When a failing event is tried again, and when it is parked."""
    waits: list[str] = []
    attempt = 1
    while (wait := retry.wait_after(attempt)) is not None:
        waits.append(duration.show(wait))
        attempt += 1
    if not waits:
        return message("none → dead after 1 attempt")
    shown = ", ".join(waits if len(waits) <= MAX_WAITS else [*waits[: MAX_WAITS - 1], "...", waits[-1]])
    total = duration.show(retry.total_wait(attempt - 1))
    return message(
        "{waits} → dead after {attempts} attempts, about {total}", waits=shown, attempts=attempt, total=total
    )


def _labelled(label: str, texts: list[str]) -> list[Line]:
    return [Line("" if number else label, text) for number, text in enumerate(texts)]


def _announcement(route: Route) -> Iterator[Line]:
    if route.announce:
        text = message("batches of CloudEvents on {exchange}, for subscribers", exchange=EXCHANGE)
        yield Line(message("announce"), text)


def _source(name: str, settings: Settings) -> str:
    source = settings.sources.get(name)
    if source is None:
        return _absent("sources", name, settings)
    return _with_purpose(_polled(source), source)


def _awaited(name: str, settings: Settings) -> str:
    return message(
        "its source is not polled before `{source}` was read once to its end and that is handled",
        source=settings.awaited_source(name),
    )


def _polled(source: SourceSettings) -> str:
    return message("`{source}`, polled every {pause}", source=source.name, pause=duration.show(source.every))


def _steps(route: Route) -> Iterator[str]:
    for number, step in enumerate(route.steps, 1):
        if isinstance(step, Apply):
            text = message("{number}. `{function}`", number=number, function=step.function)
        else:
            text = message(
                "{number}. `{function}`, with the answers of `{lookup}`, queried once per bundle",
                number=number,
                function=step.function,
                lookup=step.lookup,
            )
        yield _with_docstring(text, step.function)


def _sink(route: Route, name: str, settings: Settings) -> str:
    sink = settings.sinks.get(name)
    when = {condition.sink: condition.when for condition in route.conditions}.get(name)
    if sink is None:
        return _absent("sinks", name, settings)
    text = (
        message("`{sink}`", sink=name)
        if when is None
        else message("`{sink}` when {when}", sink=name, when=when.strip())
    )
    return _with_purpose(text, sink)


def _absent(kind: str, name: str, settings: Settings) -> Message:
    if name in settings.disabled.get(kind, ()):
        return message("`{name}` (disabled)", name=name)
    return message("`{name}` (unknown)", name=name)


def _with_purpose(text: str, part: PartSettings) -> str:
    """`text` with the description of the part; without one, with the docstring of its class."""
    return f"{text}: {part.description}" if part.description else _with_docstring(text, part.use)


def _with_docstring(text: str, dotted: str) -> str:
    """`text` with the first line of a docstring, for readers of English; for all readers, that the name is unknown."""
    try:
        docstring = inspect.getdoc(resolve(dotted))
    except Mismatch:
        return message("{text} (unknown)", text=text)
    first_line = (docstring or "").partition("\n")[0].rstrip(".")
    return f"{text}: {first_line}" if first_line and reader_language() == "en" else text
