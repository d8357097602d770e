"""Spans: what a collector of traces learns of a piece of work. Without a tracer nothing is recorded.

Names follow the semantic conventions of OpenTelemetry for messaging and HTTP. No attribute holds any
content of an event: no subject, no address with its path, no text of an error.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Literal, Protocol

from lienthong.data.trace_context import Trace, Traced, current_trace

Kind = Literal["server", "client", "consumer", "producer"]
Value = str | int

METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT"})
"""Methods that are named as they are; any other is `_OTHER`, as the conventions ask."""


class Span(Protocol):
    """A piece of work that has begun. `trace` is what calls to others carry; None where nothing is recorded."""

    @property
    def trace(self) -> Trace | None: ...

    def note(self, name: str, value: Value) -> None:
        """Add an attribute."""

    def rename(self, name: str) -> None: ...

    def fail(self, error: str) -> None:
        """Mark the work as failed. `error` is the short name of a kind of error."""


class Tracer(Protocol):
    """Begins spans. It never raises, never waits, and leaves out what it cannot record."""

    def begin(
        self,
        name: str,
        kind: Kind,
        attributes: Mapping[str, Value],
        *,
        parent: Trace | None = None,
        causes: Sequence[Traced] = (),
    ) -> AbstractContextManager[Span]:
        """A span that ends with the block, as a failure with the class of what the block raises.

        `parent` is of another process; without it the span around is the parent. `causes`: events whose traces are
        linked, because work on many events is no part of the trace of one.
        """


class _NoSpan:
    trace = None

    def note(self, name: str, value: Value) -> None: ...

    def rename(self, name: str) -> None: ...

    def fail(self, error: str) -> None: ...


_NOTHING: AbstractContextManager[Span] = nullcontext(_NoSpan())
_tracers: list[Tracer] = []


def use_tracer(tracer: Tracer | None) -> None:
    """Record all spans of the process with this tracer from now on; None to record none."""
    _tracers[:] = [] if tracer is None else [tracer]


def processing(stage: str, events: Sequence[Traced]) -> AbstractContextManager[Span]:
    """A stage handles a bundle."""
    return _of_messages("process", stage, "consumer", events) if _tracers else _NOTHING


def delivering(sink: str, events: Sequence[Traced]) -> AbstractContextManager[Span]:
    """A sink delivers a bundle."""
    return _of_messages("send", sink, "producer", events) if _tracers else _NOTHING


def polling(source: str) -> AbstractContextManager[Span]:
    """A source is polled."""
    return _of_messages("receive", source, "consumer", None) if _tracers else _NOTHING


def calling(method: str, host: str, port: int) -> AbstractContextManager[Span]:
    """Another system is called over HTTP, in the trace of the events on whose behalf that happens."""
    if not _tracers:
        return _NOTHING
    attributes: dict[str, Value] = {"http.request.method": method, "server.address": host, "server.port": port}
    return _tracers[0].begin(method, "client", attributes, parent=current_trace())


def answering(method: str, scheme: str, caller: Trace | None) -> AbstractContextManager[Span]:
    """A request over HTTP is answered."""
    if not _tracers:
        return _NOTHING
    known = method if method in METHODS else "_OTHER"
    attributes: dict[str, Value] = {"http.request.method": known, "url.scheme": scheme}
    return _tracers[0].begin(known if known == method else "HTTP", "server", attributes, parent=caller)


def _of_messages(
    operation: str, destination: str, kind: Kind, events: Sequence[Traced] | None
) -> AbstractContextManager[Span]:
    attributes: dict[str, Value] = {
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.name": destination,
    }
    if events is not None:
        attributes["messaging.batch.message_count"] = len(events)
    return _tracers[0].begin(f"{operation} {destination}", kind, attributes, causes=events or ())
