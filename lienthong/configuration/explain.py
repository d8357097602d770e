"""A route in plain words: where its events come from, what happens to them, where they go.

A line is in the reader's language as a whole. Names of routes, functions and connectors, and the `description` of a
file are the project's own data and shown as they are. The docstring of a function or class is an English sentence of
its code: it stands in for a missing `description` when the reader's language is English, and is left out otherwise.
"""

from collections.abc import Iterator

from lienthong.configuration import duration
from lienthong.configuration.explain_origins import origin_words
from lienthong.configuration.explain_parts import Line, absent, labelled, with_docstring, with_purpose
from lienthong.messages import Message, message
from lienthong.retry import RetryPolicy
from lienthong.route import Apply, Enrich, Route
from lienthong.settings import Settings, SinkSettings
from lienthong.topology import EXCHANGE, route_queue, sink_queue

MAX_WAITS = 8
"""Waits of a retry that are listed; more are shortened."""


def explain(route: Route, settings: Settings) -> list[Line]:
    """`route` in the order in which an event passes it. Names that do not resolve are marked as unknown; no errors."""
    return [
        Line(route.name, route.description.strip()),
        Line(message("from"), origin_words(route.origin, settings)),
        *labelled(message("after"), [_awaited(name, settings) for name in route.after]),
        *_condition(route),
        *labelled(message("steps"), list(_steps(route, settings)) or [message("none: events pass as they are")]),
        *_rejections(route),
        *_retry(route),
        Line(message("dead"), _dead(route_queue(route.name), route.owner or route.source)),
        *_announcement(route),
        *_sinks(route, settings),
    ]


def explain_sink(sink: SinkSettings, settings: Settings) -> list[Line]:
    """What happens to an event at a sink, and which routes bring events there."""
    routes = [route for route in settings.routes.values() if sink.name in route.to]
    return [
        Line(sink.name, sink.description or with_docstring("", sink.use).lstrip(": ") or sink.use),
        *labelled(message("from"), [_brings(route, sink.name) for route in routes] or [message("no route")]),
        *labelled(message("retry"), [timeline(sink.retry), free_tries()]),
        Line(message("dead"), _dead(sink_queue(sink.name), sink.owner or message("the source of the event"))),
        Line(message("replay"), _replay(sink)),
        *labelled(message("follow-ups"), _follow_ups(sink.name, settings)),
    ]


def _follow_ups(sink: str, settings: Settings) -> list[str]:
    """The routes that take what a sink hands back."""
    return [f"`{route.name}`" for route in settings.routes_from(sink_queue(sink))]


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


def _condition(route: Route) -> Iterator[Line]:
    yield Line(message("when"), route.when.strip() if route.when else message("always"))
    if route.when:
        yield Line("", message("an event for which it is false is dropped; its trail states why"))


def _asks(route: Route) -> bool:
    return any(isinstance(step, Enrich) for step in route.steps)


def _rejections(route: Route) -> Iterator[Line]:
    if route.steps and route.origin.door == "request":
        yield Line(
            "", message("a question that a step rejects is refused (status 400), one that a step drops is not known")
        )
    elif route.steps:
        yield Line("", message("an event that a step rejects is dead at once: to try again cannot help"))


def _retry(route: Route) -> list[Line]:
    if route.origin.door == "request":
        return [Line(message("retry"), message("none: without an answer in time the caller receives status 503"))]
    lines = [Line(message("retry"), timeline(route.retry))]
    return lines + labelled("", [message("for lookups that do not answer"), free_tries()] if _asks(route) else [])


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


def _awaited(name: str, settings: Settings) -> str:
    return message(
        "its source is not polled before `{source}` was read once to its end and that is handled",
        source=settings.awaited_source(name),
    )


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
            if step.budget is not None:
                text = message("{step}, waited for {budget} (`budget`)", step=text, budget=duration.show(step.budget))
            lookup = settings.lookups.get(step.lookup)
            if lookup is not None and lookup.description:
                text = message("{step} ({purpose})", step=text, purpose=lookup.description)
        yield with_docstring(text, step.function)


def _sink(route: Route, name: str, settings: Settings) -> str:
    sink = settings.sinks.get(name)
    when = {condition.sink: condition.when for condition in route.conditions}.get(name)
    if sink is None:
        return absent("sinks", name, settings)
    text = (
        message("`{sink}`", sink=name)
        if when is None
        else message("`{sink}` when {when}", sink=name, when=when.strip())
    )
    return with_purpose(text, sink)
