"""Spans for a collector, by the SDK of OpenTelemetry over OTLP/HTTP. The only module that imports opentelemetry.

Spans wait in a bounded queue that a thread of the SDK sends; what finds no room is dropped. So a collector that does
not answer costs spans, never an event or its time.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry import trace as api
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from lienthong.data.spans import Kind, Span, Value
from lienthong.data.trace_context import Trace, Traced, headers_of
from lienthong.errors import LienthongError

MOST_LINKS = 128
"""Traces that one span is linked with at most: as many as the SDK keeps by default."""

_KINDS = {
    "server": api.SpanKind.SERVER,
    "client": api.SpanKind.CLIENT,
    "consumer": api.SpanKind.CONSUMER,
    "producer": api.SpanKind.PRODUCER,
}
_PROPAGATOR = TraceContextTextMapPropagator()


class OpenTelemetrySpans:
    """The tracer over a provider of the SDK; see `lienthong.data.spans.Tracer`. `system` is the broker's name."""

    def __init__(self, provider: TracerProvider, *, version: str, system: str) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("lienthong", version)
        self._system = system

    @contextmanager
    def begin(
        self,
        name: str,
        kind: Kind,
        attributes: Mapping[str, Value],
        *,
        parent: Trace | None = None,
        causes: Sequence[Traced] = (),
    ) -> Iterator[Span]:
        around = api.get_current_span().get_span_context()
        links = _links(causes)
        if parent is not None and around.is_valid:  # the events' trace goes on; ours is linked
            links.append(api.Link(around))
        known = dict(attributes)
        if "messaging.operation.name" in known:
            known["messaging.system"] = self._system
        with self._tracer.start_as_current_span(
            name,
            context=None if parent is None else _context(parent),
            kind=_KINDS[kind],
            attributes=known,
            links=links,
            record_exception=False,  # texts of exceptions may hold personal data
            set_status_on_exception=False,
        ) as given:
            span = _Span(given)
            try:
                yield span
            except BaseException as error:
                span.fail(type(error).__name__)
                raise

    def close(self, seconds: float) -> bool:
        """Send what waits, for so many seconds at most; whatever is not sent then is lost. True when all was sent."""
        ended = threading.Thread(target=self._provider.shutdown, name="spans", daemon=True)
        ended.start()
        ended.join(seconds)
        return not ended.is_alive()


class _Span:
    def __init__(self, span: api.Span) -> None:
        self._span = span
        self._failed = False

    @property
    def trace(self) -> Trace | None:
        context = self._span.get_span_context()
        if not context.is_valid:
            return None
        parent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags) & 3:02x}"
        return Trace(parent, context.trace_state.to_header() or None)

    def note(self, name: str, value: Value) -> None:
        self._span.set_attribute(name, value)

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def fail(self, error: str) -> None:
        if self._failed:  # what was found first is nearest to the cause
            return
        self._failed = True
        self._span.set_attribute("error.type", error)
        self._span.set_status(api.Status(api.StatusCode.ERROR))


def open_spans(*, version: str, system: str) -> OpenTelemetrySpans:
    """The tracer that the variables `OTEL_*` describe. Raises `LienthongError` for a value that the SDK refuses."""
    try:
        resource = Resource({"service.name": "lienthong", "service.version": version}).merge(_named_by_environment())
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)  # at exit it would wait without a bound
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    except ValueError as error:
        raise LienthongError(str(error)) from None
    return OpenTelemetrySpans(provider, version=version, system=system)


def _named_by_environment() -> Resource:
    """What `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say, without the SDK's own name for who has none."""
    found = dict(Resource.create().attributes)
    if str(found.get("service.name", "")).startswith("unknown_service"):
        del found["service.name"]
    return Resource(found)


def _context(trace: Trace) -> Context:
    return _PROPAGATOR.extract(headers_of(trace), Context())


def _links(causes: Sequence[Traced]) -> list[api.Link]:
    """A link for each span that the events came with."""
    traces = {event.trace: event.tracestate for event in causes if event.trace}
    found: list[api.Link] = []
    for parent, state in list(traces.items())[:MOST_LINKS]:
        context = api.get_current_span(_context(Trace(parent, state))).get_span_context()
        if context.is_valid:
            found.append(api.Link(context))
    return found
