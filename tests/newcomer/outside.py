"""Two outside systems on one port: a hotline that lists complaints, and departments that receive events."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

COMPLAINTS = [
    {
        "id": f"PA-{number:04d}",
        "caller": "Nguyễn Thị Mai",
        "phone": "0905123456",
        "topic": topic,
        "text": "Ổ gà trước số 12 Lê Lợi",
        "updated_at": f"2026-11-27T08:{number:02d}:00+07:00",
    }
    for number, topic in enumerate(["Road", "noise", "trees", "water"], 1)
]
COMPLAINTS[1]["id"] = "TEST-0002"


@dataclass
class Outside:
    """`busy`: how many requests the departments refuse with 503 before they accept one. `received`: their events."""

    url: str
    busy: int = 1
    received: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)


@contextmanager
def outside() -> Iterator[Outside]:
    """Both systems, for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """The hotline: everything on page 1."""
            query = parse_qs(urlsplit(self.path).query)
            systems.tokens.add(self.headers["Authorization"])
            self._reply(200, {"items": COMPLAINTS if query["page"] == ["1"] else []})

        def do_POST(self) -> None:
            """The departments."""
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if systems.busy:
                systems.busy -= 1
                self._reply(503, {}, {"Retry-After": "1"})
            else:
                systems.received.append(event)
                self._reply(202, {})

        def _reply(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
            written = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(written)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name of the base class
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    systems = Outside(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield systems
    finally:
        server.shutdown()
        server.server_close()
