"""An HTTP server on the loopback interface, for what a transport in memory cannot show."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Arrived(NamedTuple):
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"


class Response(NamedTuple):
    """`closes_early` ends the connection in the middle of the body; status 0 ends it without an answer."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    closes_early: bool = False


@contextmanager
def serving(respond: Callable[[Arrived], Response]) -> Iterator[str]:
    """Serve on a free port until the block ends; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            response = respond(Arrived(self.path, dict(self.headers), self.rfile.read(length), self.command))
            if not response.status:
                self.close_connection = True
                return
            self.send_response(response.status)
            for name, value in response.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body) + response.closes_early))
            self.end_headers()
            self.wfile.write(response.body)
            self.close_connection = response.closes_early

        do_OPTIONS = do_POST = do_PUT = do_GET  # noqa: N815 - names of http.server

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away is no error here."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
