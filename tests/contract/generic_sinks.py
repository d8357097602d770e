"""The benches of the generic sinks; see `Bench` in sinks_contract.py."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import orjson
from sqlalchemy import Engine, text

from lienthong.configuration.bind import bind
from lienthong.connectors.protocols.http import Http
from lienthong.connectors.sinks.files import FilesSink
from lienthong.connectors.sinks.http import HttpSink
from lienthong.connectors.sinks.sql import SqlSink
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


def files_bench(engine: Engine, folder: Path, part_size: int) -> Bench:
    given = {"folder": str(folder / "out"), "name": "letters", "part_size": part_size}

    def make_sink() -> FilesSink:
        return FilesSink(make_site(), **bind(FilesSink, given, tables={}))

    def observe() -> Any:
        """Every line, in the order of days."""
        files = sorted((folder / "out").glob("letters-*.jsonl"))
        return sorted(file.read_text() for file in files)

    def set_down(down: bool) -> None:
        if down:
            (folder / "out").write_text("a file in the folder's place")
        else:
            (folder / "out").unlink()

    return Bench(make_sink(), engine, observe, EVENTS, set_down=set_down, restart=make_sink, transactional=False)


COLUMNS = {"subject": "subject", "event_id": "id", "mark": "data.mark", "seen_at": "time"}


def sql_bench(engine: Engine, *, by_url: bool) -> Bench:
    """`by_url`: the sink is given the address of the database, and writes in a transaction of its own."""

    def run(statement: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(statement))

    def observe() -> Any:
        with engine.connect() as connection:
            return connection.execute(text("SELECT * FROM letters ORDER BY event_id")).all()

    def make_sink() -> SqlSink:
        given: dict[str, Any] = {"into": {"table": "letters", "columns": COLUMNS, "key": ["event_id"]}}
        url = {"url": engine.url.render_as_string(hide_password=False)} if by_url else {}
        return SqlSink(make_site(), **bind(SqlSink, given | url, tables={}))

    run("CREATE TABLE letters (event_id CHAR(36) PRIMARY KEY, subject TEXT, mark INTEGER NOT NULL, seen_at TIMESTAMP)")
    return Bench(
        make_sink(),
        engine,
        observe,
        EVENTS,
        poison=(POISON, "từ chối"),
        set_down=lambda down: run(
            "ALTER TABLE letters RENAME TO away" if down else "ALTER TABLE away RENAME TO letters"
        ),
        restart=make_sink,
        transactional=not by_url,
    )
