"""The benches of the generic sinks; see `Bench` in sinks_contract.py."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import orjson
from sqlalchemy import Engine

from lienthong.configuration.bind import bind
from lienthong.connectors.protocols.http import Http
from lienthong.connectors.sinks.http import HttpSink
from lienthong.envelope import Envelope
from tests.contract.sinks_contract import Bench
from tests.events import event
from tests.fake_systems import make_site

EVENTS: Sequence[Envelope] = [event(f"thư {number}", mark=number) for number in range(5)]
POISON = event("độc", poison=True)


class FakeReceiver:
    """A receiver that keeps each event once, by the key its sender gives it, and refuses a whole request for poison."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.is_down = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.is_down:
            raise httpx.ConnectError("https://user:s3cret@x")
        events = self._events(request)
        if any(body.get("poison") for _, body in events):
            return httpx.Response(422)
        self.kept.update(events)
        return httpx.Response(204)

    @staticmethod
    def _events(request: httpx.Request) -> list[tuple[str, Any]]:
        body = orjson.loads(request.content)
        kind = request.headers["Content-Type"]
        if "batch" in kind:
            return [(cloud_event["id"], cloud_event["data"]) for cloud_event in body]
        if "cloudevents" in kind:
            return [(body["id"], body["data"])]
        return [(request.headers["Idempotency-Key"], body)]


HTTP_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "json": {"send": {"format": "json"}},
    "cloudevents": {},
    "cloudevents in batches": {"send": {"format": "cloudevents", "batch": 3}},
    "binary": {"send": {"format": "binary"}},
}


def http_bench(engine: Engine, format_: str) -> Bench:
    receiver = FakeReceiver()

    def make_sink() -> HttpSink:
        http = Http("bên nhận", transport=httpx.MockTransport(receiver))
        given = {"url": "https://nhan.example.gov.vn/s3cret", **HTTP_FORMATS[format_]}
        return HttpSink(make_site(), http, **bind(HttpSink, given, tables={}))

    return Bench(
        make_sink(),
        engine,
        lambda: dict(receiver.kept),
        EVENTS,
        poison=(POISON, "422"),
        set_down=lambda down: setattr(receiver, "is_down", down),
        restart=make_sink,
        transactional=False,
    )
