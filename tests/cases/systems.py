"""The outside systems of the province, sound and with nothing to show, except where a case answers in their place."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

EMPTY: Mapping[str, Any] = {
    "/igate/auth/realms/digo/protocol/openid-connect/token": {"access_token": "token", "expires_in": 300},
    "/igate/pa/dossier/search": {"content": [], "totalElements": 0, "last": True},
    "/dvcqg/mapi/login": {"error_code": 0, "session": "session"},
    "/dvcqg/mapi/g": {"error_code": 0, "data": []},
    "/ccvc/api/records": {"items": [], "next": None, "more": False},
    "/procedures/mapi/login": {"error_code": 0, "session": "session"},
    "/procedures/mapi/g": {"error_code": 0, "result": []},
    "/questions/mapi/login": {"error_code": 0, "session": "session"},
    "/questions/mapi/g": {"error_code": 0, "result": []},
    "/petitions/mapi/login": {"error_code": 0, "session": "session"},
    "/petitions/mapi/g": {"error_code": 0, "result": []},
    "/organisations/api/units": {"items": [], "next": None, "more": False},
    "/portal_accounts/api/accounts": {"items": [], "next": None, "more": False},
    "/vneid/oauth/token": {"access_token": "token", "expires_in": 300},
    "/vneid/api/accounts": {"items": [], "next": None, "more": False},
}
ENTRANCES = {
    "igate": "/igate/pa/dossier/search",
    "dvcqg": "/dvcqg/mapi/g",
    "ccvc": "/ccvc/api/records",
    "vneid": "/vneid/api/accounts",
    "procedures": "/procedures/mapi/g",
    "questions": "/questions/mapi/g",
    "petitions": "/petitions/mapi/g",
    "organisations": "/organisations/api/units",
    "portal_accounts": "/portal_accounts/api/accounts",
}
"""The path of the request that shows the records of each source."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a system receives it."""

    path: str
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to the byte."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


Answer = Callable[[Request], Reply | None]
"""What a case answers, or None where the sound system answers."""


def json_reply(value: object, status: int = 200) -> Reply:
    return Reply(json.dumps(value).encode(), status)


def answer_with(source: str, reply: Reply) -> Answer:
    """The same reply to every request for records of one source."""
    return lambda request: reply if request.path == ENTRANCES[source] else None


@contextmanager
def serve(answer: Answer) -> Iterator[Mapping[str, str]]:
    """Serve all systems on a free port. Yields the variables that lead the configuration there."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), body)
            reply = answer(request) or json_reply(EMPTY[request.path])
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """Nothing: pytest shows what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield {f"{name.upper()}_URL": f"{url}/{name}" for name in ENTRANCES}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
