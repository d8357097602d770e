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
from lienthong.route import Apply, Enrich, Route
from lienthong.settings import PartSettings, Settings, SinkSettings, SourceSettings
from lienthong.topology import EXCHANGE, route_queue, sink_queue

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
        *_condition(route),
        *_labelled(message("steps"), list(_steps(route, settings)) or [message("none: events pass as they are")]),
        *_rejections(route),
        Line(message("retry"), timeline(route.retry)),
        *_labelled("", [message("for lookups that do not answer"), free_tries()] if _asks(route) else []),
        Line(message("dead"), _dead(route_queue(route.name), route.owner or route.source)),
        *_announcement(route),
        *_sinks(route, settings),
    ]


def explain_sink(sink: SinkSettings, settings: Settings) -> list[Line]:
    """What happens to an event at a sink, and which routes bring events there."""
    routes = [route for route in settings.routes.values() if sink.name in route.to]
    return [
        Line(sink.name, sink.description or _with_docstring("", sink.use).lstrip(": ") or sink.use),
        *_labelled(message("from"), [_brings(route, sink.name) for route in routes] or [message("no route")]),
        *_labelled(message("retry"), [timeline(sink.retry), free_tries()]),
        Line(message("dead"), _dead(sink_queue(sink.name), sink.owner or message("the source of the event"))),
        Line(message("replay"), _replay(sink)),
    ]


def explain_source(source: SourceSettings, settings: Settings) -> list[Line]:
    """How a source is polled, and which routes take its events."""
    routes = settings.routes_from(source.name)
    return [
        Line(source.name, source.description or _with_docstring("", source.use).lstrip(": ") or source.use),
        Line(message("polled"), message("every {pause}", pause=duration.show(source.every))),
        *_labelled(message("to"), [f"`{route.name}`" for route in routes] or [message("no route")]),
        Line(message("silent"), _silence(source)),
    ]


def free_tries() -> Message:
    """What every stage does while its target is down."""
    return message("while the target as a whole is down, single events probe it, and no event spends an attempt")


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


def _condition(route: Route) -> Iterator[Line]:
    yield Line(message("when"), route.when.strip() if route.when else message("always"))
    if route.when:
        yield Line("", message("an event for which it is false is dropped; its trail states why"))


def _asks(route: Route) -> bool:
    return any(isinstance(step, Enrich) for step in route.steps)


def _rejections(route: Route) -> Iterator[Line]:
    if route.steps:
        yield Line("", message("an event that a step rejects is dead at once: to try again cannot help"))


def _dead(stage: str, owner: str) -> Message:
    return message(
        "a letter of {stage}; {owner} answers for it (`lienthong dead groups --stage {stage}`)",
        stage=stage,
        owner=owner,
    )


def _replay(sink: SinkSettings) -> Message:
    if sink.replay == "never":
        return message("never (`replay: never`)")
    if sink.replay == "ask":
        return message("only with `--yes-repeat`, because the target may get an event twice (`replay: ask`)")
    return message("freely: the target recognises an event that it got before (`replay: idempotent`)")


def _silence(source: SourceSettings) -> Message:
    if source.silent_after is None:
        return message("never: it has no `silent_after`")
    return message("without a new event for {limit} (`silent_after`)", limit=duration.show(source.silent_after))


def _brings(route: Route, sink: str) -> str:
    when = {condition.sink: condition.when for condition in route.conditions}.get(sink)
    if when is None:
        return f"`{route.name}`"
    return message("`{sink}` when {when}", sink=route.name, when=when.strip())


def _sinks(route: Route, settings: Settings) -> Iterator[Line]:
    """Each sink with what it does about an event that it does not accept."""
    for number, name in enumerate(route.to):
        yield Line("" if number else message("to"), _sink(route, name, settings))
        sink = settings.sinks.get(name)
        if sink is not None:
            for text in (
                message("retry: {timeline}", timeline=timeline(sink.retry)),
                message("dead: {dead}", dead=_dead(sink_queue(name), sink.owner or route.source)),
                message("replay: {replay}", replay=_replay(sink)),
            ):
                yield Line("", f"  {text}")
    if len(route.to) > 1:
        yield Line("", message("an event that dies at one of them is delivered to the others all the same"))
    if route.to:
        yield Line("", free_tries())


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


def _steps(route: Route, settings: Settings) -> Iterator[str]:
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
            lookup = settings.lookups.get(step.lookup)
            if lookup is not None and lookup.description:
                text = message("{step} ({purpose})", step=text, purpose=lookup.description)
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
