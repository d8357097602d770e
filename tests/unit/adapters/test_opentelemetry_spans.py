"""What a collector of traces receives, and that it never costs an event."""

import gzip
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.opentelemetry_spans import OpenTelemetrySpans
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.connectors.sinks.http import HttpSink
from lienthong.data import spans
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.intake.poller import Poller
from lienthong.outcome import Dead, Outcome
from lienthong.processing.stage import SinkFailure, handle_in_span, sink_stage
from lienthong.retry import RetryPolicy
from lienthong.runtime.tracing import FLUSH_SECONDS, tracing
from tests.databases import open_embedded
from tests.events import DAY, event
from tests.fake_systems import make_site
from tests.unit.http.conftest import Caller
from tests.unit.http.test_refusals import make_example
from tests.unit.lienthong_connectors.loopback import Arrived, Response, serving
from tests.unit.processing.fakes import NOT_STOPPED, ListSource

FIRST, SECOND = "0af7651916cd43dd8448eb211c80319c", "1bf7651916cd43dd8448eb211c80319c"
PERSON = "012345678901"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


def traced(name: str, trace: str) -> Envelope:
    return event(name, citizen_id=PERSON)._replace(trace=f"00-{trace}-b7ad6b7169203331-01", tracestate="v=1")


@pytest.fixture
def kept_spans() -> Iterator[InMemorySpanExporter]:
    provider, kept = TracerProvider(shutdown_on_exit=False), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    spans.use_tracer(OpenTelemetrySpans(provider, version="1", system="rabbitmq"))
    yield kept
    spans.use_tracer(None)


def by_name(kept_spans: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in kept_spans.get_finished_spans()}


def trace_id(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def linked(span: ReadableSpan) -> set[str]:
    return {f"{link.context.trace_id:032x}" for link in span.links}


def deliver(url: str, *events: Envelope) -> None:
    stage = sink_stage("sink.hospital", HttpSink(make_site(), url=url), RetryPolicy())
    handle_in_span(stage, events, None)  # type: ignore[arg-type]  # it needs no transaction


def test_a_bundle_is_one_span_with_a_link_to_the_trace_of_each_event(kept_spans: InMemorySpanExporter) -> None:
    with serving(lambda _: Response()) as url:
        deliver(url, traced("a", FIRST), traced("b", SECOND), event("c"))
    bundle, delivery = by_name(kept_spans)["process sink.hospital"], by_name(kept_spans)["send sink.hospital"]
    assert bundle.parent is None
    assert linked(bundle) == {FIRST, SECOND}
    assert {link.context.trace_state.to_header() for link in bundle.links} == {"v=1"}
    assert dict(bundle.attributes or {}) == {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "sink.hospital",
        "messaging.batch.message_count": 3,
    }
    assert delivery.parent == bundle.context
    assert bundle.status.is_unset


def test_a_call_goes_on_with_the_trace_of_its_events_and_the_receiver_sees_that_span(
    kept_spans: InMemorySpanExporter,
) -> None:
    arrived: list[Arrived] = []

    def respond(request: Arrived) -> Response:
        arrived.append(request)
        return Response(503)

    with serving(respond) as url, pytest.raises(SinkFailure):
        deliver(url, traced("a", FIRST))
    call = by_name(kept_spans)["POST"]
    assert call.context is not None
    assert trace_id(call) == FIRST
    assert arrived[0].headers["traceparent"] == f"00-{FIRST}-{call.context.span_id:016x}-01"
    assert arrived[0].headers["tracestate"] == "v=1"
    assert linked(call) == {trace_id(by_name(kept_spans)["send sink.hospital"])}
    attributes = call.attributes or {}
    assert (attributes["http.response.status_code"], attributes["error.type"]) == (503, "503")
    assert not by_name(kept_spans)["process sink.hospital"].status.is_ok


def test_no_span_holds_content_of_an_event_nor_the_text_of_an_error(kept_spans: InMemorySpanExporter) -> None:
    class Broken:
        def deliver(self, events: Sequence[Envelope], transaction: Any) -> Sequence[Outcome]:
            raise ValueError(PERSON)

    stage = sink_stage("sink.broken", Broken(), RetryPolicy())
    with pytest.raises(SinkFailure):
        handle_in_span(stage, [traced(PERSON, FIRST)], None)  # type: ignore[arg-type]  # it needs no transaction
    with serving(lambda _: Response()) as url:
        deliver(f"{url}/{PERSON}?so={PERSON}", traced(PERSON, FIRST))
    Caller(make_example())("GET", f"/{PERSON}?of={PERSON}")
    all_spans = kept_spans.get_finished_spans()
    assert len(all_spans) == 6
    assert PERSON not in "".join(span.to_json() for span in all_spans)
    assert by_name(kept_spans)["send sink.broken"].attributes["error.type"] == "ValueError"  # type: ignore[index]  # a span that ended has some


def test_a_bundle_with_dead_events_fails_with_the_kind_of_error(kept_spans: InMemorySpanExporter) -> None:
    class Refusing:
        def deliver(self, events: Sequence[Envelope], transaction: Any) -> Sequence[Outcome]:
            return [Dead(PERSON, error="NotAddressed")]

    handle_in_span(sink_stage("sink.x", Refusing(), RetryPolicy()), [event("a")], None)  # type: ignore[arg-type]  # it needs no transaction
    assert (by_name(kept_spans)["process sink.x"].attributes or {})["error.type"] == "NotAddressed"


def test_a_request_is_a_part_of_its_callers_trace_and_named_by_its_route(kept_spans: InMemorySpanExporter) -> None:
    given = {"traceparent": f"00-{FIRST}-b7ad6b7169203331-01"}
    reply = Caller(make_example())("GET", "/trace", headers=given)
    Caller(make_example())("GET", "/down")
    Caller(make_example())("BREW", "/coffee")
    span = by_name(kept_spans)["GET /trace"]
    assert span.context is not None and span.parent is not None
    assert trace_id(span) == FIRST
    assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"
    assert reply.headers["traceparent"] == reply.json() == f"00-{FIRST}-{span.context.span_id:016x}-01"
    assert (span.attributes or {})["http.route"] == "/trace"
    down = by_name(kept_spans)["GET /down"]
    assert (down.attributes or {})["error.type"] == "503"
    assert (by_name(kept_spans)["HTTP"].attributes or {})["http.request.method"] == "_OTHER"


def test_a_poll_is_a_span_with_the_number_of_events_that_it_showed(
    kept_spans: InMemorySpanExporter, tmp_path: Path
) -> None:
    clock = ReplayClock(DAY)
    database = open_embedded(tmp_path)
    broker = KombuBroker("memory://", clock, name=f"{tmp_path}")
    broker.declare(["route.a"], ())
    source = ListSource()
    poller = Poller("igate", source, ("route.a",), broker=broker, ledger=SqlLedger(database, clock), clock=clock)
    source.names = ["a", "b"]
    poller.poll(NOT_STOPPED)
    source.down_after = 0
    with pytest.raises(Transient):
        poller.poll(NOT_STOPPED)
    went_well, failed = kept_spans.get_finished_spans()
    assert (went_well.name, (went_well.attributes or {})["messaging.batch.message_count"]) == (
        "receive source.igate",
        2,
    )
    assert (failed.attributes or {})["error.type"] == "Transient"
    database.dispose()


def test_a_collector_receives_the_spans_when_the_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The collector is a stand-in: a server that reads OTLP over HTTP."""
    arrived: list[Arrived] = []

    def respond(request: Arrived) -> Response:
        arrived.append(request)
        return Response()

    with serving(respond) as url:
        monkeypatch.setenv(ENDPOINT, url)
        monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
        with tracing("amqp://x"), spans.processing("route.a", [traced("a", FIRST)]):
            pass
    (request,) = arrived
    body = gzip.decompress(request.body) if request.headers.get("Content-Encoding") == "gzip" else request.body
    (sent,) = ExportTraceServiceRequest.FromString(body).resource_spans
    resource = {one.key: one.value.string_value for one in sent.resource.attributes}
    assert request.path == "/v1/traces"
    assert (resource["service.name"], resource["deployment.environment.name"]) == ("lienthong", "test")
    (span,) = sent.scope_spans[0].spans
    assert (span.name, span.links[0].trace_id.hex()) == ("process route.a", FIRST)
    with spans.processing("route.a", []) as after:
        assert after.trace is None


WORK_OF_A_PROCESS = """
import time
from lienthong.data import spans
from lienthong.runtime.tracing import tracing

with tracing("memory://"):
    began = time.monotonic()
    for _ in range(5000):  # more than the queue of spans holds
        with spans.processing("route.a", ()):
            pass
    worked = time.monotonic()
print(worked - began, time.monotonic() - worked)
"""


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.slow
def test_a_collector_that_does_not_answer_delays_no_event_and_the_end_by_a_bound(silent: bool) -> None:
    """In a process of its own: what it leaves to the collector ends with it, and that it ends is a part of this."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if silent:
            listener.listen()
        environment = os.environ | {ENDPOINT: f"http://127.0.0.1:{listener.getsockname()[1]}"}
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", WORK_OF_A_PROCESS], env=environment, capture_output=True, text=True, check=True
        )
        took = time.monotonic() - began
    working, ending = map(float, done.stdout.split()[-2:])
    assert working < 5
    assert ending < FLUSH_SECONDS + 2
    assert took < working + ending + 8, "it starts within seconds, and nothing is waited for after its work"


WRONG = {
    "grpc": {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
    "another exporter": {"OTEL_TRACES_EXPORTER": "zipkin"},
    "sampler": {"OTEL_BSP_MAX_QUEUE_SIZE": "-1"},
}


@pytest.mark.parametrize("name", WRONG)
def test_variables_that_cannot_work_are_logged_and_the_work_goes_on(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for variable, value in {ENDPOINT: "http://127.0.0.1:9", **WRONG[name]}.items():
        monkeypatch.setenv(variable, value)
    with capture_logs() as logs, tracing("memory://"), spans.processing("route.a", ()) as span:
        assert span.trace is None
    assert [entry["event"] for entry in logs if entry["event"].startswith("no spans: ")]


@pytest.mark.parametrize("given", [{}, {ENDPOINT: "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}])
@pytest.mark.parametrize(
    ("command", "unwanted"),
    [
        ("lienthong.cli.running", "opentelemetry"),
        (
            "lienthong.http.serving",
            "opentelemetry.sdk",
        ),  # FastAPI itself loads `opentelemetry-api`, which it depends on
        ("lienthong.http.serving", "opentelemetry.exporter"),
    ],
)
@pytest.mark.slow
def test_nothing_of_it_is_loaded_while_it_is_off(given: dict[str, str], command: str, unwanted: str) -> None:
    program = (
        f"import sys, {command}\n"
        "from lienthong.runtime.tracing import tracing\n"
        f"with tracing('amqp://x'): print([name for name in sys.modules if name.startswith('{unwanted}')])"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    ran = subprocess.run(
        [sys.executable, "-c", program], env={**clean, **given}, capture_output=True, text=True, check=True, timeout=120
    )
    assert ran.stdout.strip() == "[]"
