"""A trace over RabbitMQ and real processes: from a push to a subscriber, and to a collector when they are ended."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from sqlalchemy import Engine, text

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.ledger import SqlLedger
from tests.services import postgres, rabbitmq
from tests.services.ports import free_ports
from tests.services.push_project import FILES, Restarted, add_client, outputs, wait_until, write_files
from tests.services.rabbitmq_steps import open_channel
from tests.unit.lienthong_connectors.loopback import Arrived, Response, serving

ID, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
GIVEN, STATE = f"00-{ID}-{SPAN}-01", "vendor=1,other=2"

ANNOUNCING = {
    "routes/letters.yaml": "description: Thư gửi vào\nfrom: {inbox: office}\nto: [kept]\nannounce: true\n",
    "push_parts.py": FILES["push_parts.py"].replace(
        "[Done(one) for one in envelopes]",
        '[Done(one, follow_ups=[Record("letter.kept", one.subject, {"code": "k"})]) for one in envelopes]',
    ),
    "routes/receipts.yaml": "description: Biên nhận\nfrom: {sink: kept}\nto: []\nannounce: true\n",
    "routes/receipts.cases.yaml": FILES["routes/letters.cases.yaml"].replace("letter.seen", "letter.kept"),
}


@pytest.fixture
def database() -> Iterator[Engine]:
    with postgres.fresh_database() as engine:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE kept_letters (code text NOT NULL)"))
        yield engine


@contextmanager
def collector() -> Iterator[tuple[str, list[Arrived]]]:
    """A stand-in that takes OTLP over HTTP."""
    arrived: list[Arrived] = []

    def respond(request: Arrived) -> Response:
        arrived.append(request)
        return Response()

    with serving(respond) as url:
        yield url, arrived


def spans_of(arrived: Sequence[Arrived]) -> list[Any]:
    found: list[Any] = []
    for request in arrived:
        body = gzip.decompress(request.body) if request.headers.get("Content-Encoding") == "gzip" else request.body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            found += [span for scope in resource.scope_spans for span in scope.spans]
    return found


def carries_on(event: Mapping[str, Any]) -> bool:
    """Whether a message has the trace of the push, under a span of ours."""
    _, trace, span, flags = event["traceparent"].split("-")
    return (trace, flags, event["tracestate"]) == (ID, "01", STATE) and span != SPAN


def test_what_is_pushed_reaches_subscribers_and_a_collector_with_its_trace(tmp_path: Path, database: Engine) -> None:
    """The collector gets the last spans after SIGTERM: it waits for 5 s between two batches, and none is due here."""
    root = write_files(tmp_path / "project", FILES | ANNOUNCING)
    broker = rabbitmq.node().url()
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment = {"LIENTHONG_DATABASE": url, "LIENTHONG_BROKER": broker}
    key = add_client(root, environment, "--scope", "inbox:office")
    (port,) = free_ports(1)
    with ExitStack() as stack:
        address, arrived = stack.enter_context(collector())
        environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "600000"}
        channel = stack.enter_context(open_channel(broker))
        processes = []
        for arguments in (("serve", "--port", str(port), "--drain", "0"), ("run",)):
            processes.append(Restarted(root, *arguments, environment=environment))
            stack.callback(processes[-1].end)
        wait_until(lambda: all(one.is_ready for one in processes), lambda: outputs(processes))
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, "lienthong.events", "#")
        headers = {"Authorization": f"Bearer {key}", "traceparent": GIVEN, "tracestate": STATE}
        pushed = httpx.post(f"http://127.0.0.1:{port}/in/office", json=[{"code": "1"}], headers=headers, timeout=30)
        assert pushed.status_code == 200
        events: list[Mapping[str, Any]] = []

        def took_both() -> bool:
            _, _, body = channel.basic_get(queue, auto_ack=True)
            events.extend(orjson.loads(body) if body else ())
            return len(events) == 2

        wait_until(took_both, lambda: outputs(processes))
        ledger = SqlLedger(database, SystemClock())
        wait_until(lambda: ledger.in_flight() == 0, lambda: outputs(processes))
        assert arrived == [], "nothing is sent before the end"
        assert [process.terminate() for process in processes] == [0, 0]
    assert {event["type"] for event in events} == {"letter.seen", "letter.kept"}
    assert all(map(carries_on, events))
    found = spans_of(arrived)
    (server,) = [span for span in found if span.name == "POST /in/office"]
    assert (server.trace_id.hex(), server.parent_span_id.hex()) == (ID, SPAN)
    linked = {span.name for span in found if ID in {link.trace_id.hex() for link in span.links}}
    assert {"process route.letters", "send sink.kept", "process route.receipts"} <= linked
