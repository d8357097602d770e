"""Whatever a caller sends costs that one request: the process goes on, answers others, and refuses with a problem."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.command_line import lienthong
from tests.serving import Serving, scopes_of

pytestmark = pytest.mark.slow

GIGABYTE = 1024**3
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"hello",
    "half of an object": b'{"procedure": "1.00',
    "NUL": b'{"procedure": "1.\\u0000"}',
    "raw NUL": b'{"procedure": "1.\x00"}',
    "lone surrogate": b'{"procedure": "\\ud800", "dossier": "\\udfff"}',
    "NaN": b'{"procedure": NaN}',
    "infinity": b'{"at": 1e400, "procedure": -1e400}',
    "number of 10,000 digits": b'{"at": ' + b"9" * 10_000 + b"}",
    "depth of lists": b"[" * 500_000,
    "depth of objects": b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
    "UTF-16": '{"procedure": "1.000656"}'.encode("utf-16"),
    "another encoding": '{"procedure": "thủ tục"}'.encode().replace("ủ".encode(), b"\xfb"),
    "byte order mark": b'\xef\xbb\xbf{"procedure": "1"}',
    "key twice": b'{"procedure": "1", "procedure": {"a": 1}}',
    "a text": b'"text"',
    "a number": b"1",
    "null": b"null",
    "a million elements": b"[" + b"0," * 900_000 + b"0]",
    "a key of a megabyte": b'{"' + b"k" * 1_000_000 + b'": 1}',
    "a text of a megabyte": b'{"procedure": "' + "ạ".encode() * 400_000 + b'"}',
    "a hundred thousand keys": b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(100_000)) + b"}",
}
CONTENT_TYPES = ("application/json", "text/plain", "\x7f;;=")
GARBAGE: dict[str, bytes] = {
    "a length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "a negative length": b"Content-Length: -1\r\n\r\n",
    "a chunk of no number": b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "a huge chunk": b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello",
    "a header of a megabyte": b"X-Long: " + b"a" * 1_000_000 + b"\r\nContent-Length: 0\r\n\r\n",
    "a header of other bytes": b"X-\xff\xfe: \xfa\r\nContent-Length: 0\r\n\r\n",
    "a header that breaks": b"X-A: a\rX-B: b\r\nContent-Length: 0\r\n\r\n",
    "packed, and is not": b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
}


class Bus:
    """A process that serves this project, its document, and a client that may do everything."""

    def __init__(self, data: Path) -> None:
        self.serving = Serving(data, "--drain", "0")
        document = httpx.get(f"{self.serving.address}/v1/openapi.json").json()
        paths = document["paths"]
        self.posts = {path: operations["post"] for path, operations in paths.items() if "post" in operations}
        self.uploads = {
            path.replace("{", "").replace("}", "")
            for path, operation in self.posts.items()
            if "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
        }
        options = [option for scope in ("x", *scopes_of(document)) for option in ("--scope", scope)]
        added = lienthong("access", "client", "add", "tester", *options, "--rate", "100000/s", "--json", "--data", data)
        self.key = json.loads(added.stdout)["key"]
        self.client = httpx.Client(
            base_url=self.serving.address, headers={"Authorization": f"Bearer {self.key}"}, timeout=60
        )

    def addresses(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every path that takes a body, with something in the place of its fields."""
        for path, operation in self.posts.items():
            if "requestBody" in operation:
                yield path.replace("{", "").replace("}", ""), operation["responses"]

    def answers_others(self) -> None:
        began = time.monotonic()
        assert self.client.get("/v1/client").json()["client"] == "tester"
        assert time.monotonic() - began < 5, "another caller waited"
        assert self.serving.process.poll() is None

    def connect(self) -> socket.socket:
        host, port = self.serving.address.removeprefix("http://").split(":")
        return socket.create_connection((host, int(port)), timeout=60)

    def head(self, path: str) -> bytes:
        return f"POST {path} HTTP/1.1\r\nHost: bus\r\nAuthorization: Bearer {self.key}\r\n".encode()


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    found = Bus(tmp_path_factory.mktemp("data"))
    yield found
    found.client.close()
    found.serving.end()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_body_costs_more_than_its_request(bus: Bus, body: bytes) -> None:
    for path, documented in bus.addresses():
        for content_type in CONTENT_TYPES:  # an inbox answers on the wire of the other system
            reply = bus.client.post(path, content=body, headers={"Content-Type": content_type})
            assert {str(reply.status_code), f"{reply.status_code // 100}XX"} & documented.keys(), (
                path,
                content_type,
                reply.status_code,
            )
            if content_type == "application/json" and not path.startswith("/in/"):
                if path in bus.uploads:  # only a form is taken there
                    assert reply.status_code == 415, (path, reply.text)
                    continue
                assert reply.status_code in (400, 413), (path, reply.text)
                assert reply.json()["code"] in ("input-invalid", "request-unreadable", "body-too-large")
            assert reply.status_code < 500, (path, content_type, reply.text)
    bus.answers_others()


@pytest.mark.parametrize("rest", GARBAGE.values(), ids=GARBAGE)
def test_what_is_hardly_http_costs_its_connection(bus: Bus, rest: bytes) -> None:
    for path, _ in bus.addresses():
        with closing(bus.connect()) as connection:
            try:
                connection.sendall(bus.head(path) + rest)
                connection.shutdown(socket.SHUT_WR)
                status = connection.recv(4000).split(b" ")[1:2]
            except OSError:
                continue  # it was closed before all was sent: reset, broken pipe, or not connected any more
            assert not status or status[0].startswith(b"4"), (path, status)
    bus.answers_others()


@pytest.mark.parametrize("framing", [f"Content-Length: {GIGABYTE}", "Transfer-Encoding: chunked"])
def test_a_gigabyte_is_refused_long_before_its_end(bus: Bus, framing: str) -> None:
    block = b"x" * 65_536
    piece = block if "Length" in framing else b"10000\r\n" + block + b"\r\n"
    for path, _ in bus.addresses():
        sent = 0
        with closing(bus.connect()) as connection:
            connection.sendall(bus.head(path) + framing.encode() + b"\r\n\r\n")
            try:
                while sent < GIGABYTE:
                    connection.sendall(piece)
                    sent += len(block)
            except OSError:
                pass
        assert sent < GIGABYTE // 8, f"{path} took {sent} bytes"
    bus.answers_others()


def test_who_still_sends_a_file_that_is_refused_sees_the_answer(bus: Bus) -> None:
    """Python's own client sends the whole body before it reads: a connection that breaks meanwhile is an error."""
    host, port = bus.serving.address.removeprefix("http://").split(":")
    for path in bus.uploads:
        with closing(http.client.HTTPConnection(host, int(port), timeout=60)) as connection:
            headers = {"Authorization": "Bearer wrong", "Content-Type": "multipart/form-data; boundary=x"}
            connection.request("POST", path, body=b"x" * 20_000_000, headers=headers)
            assert connection.getresponse().status == 401
    assert bus.uploads
    bus.answers_others()


def test_callers_that_drip_hold_up_no_other(bus: Bus) -> None:
    """Two hundred callers that send the head of a request and one byte of its body."""
    path, _ = next(bus.addresses())
    waiting = [bus.connect() for _ in range(200)]
    try:
        for connection in waiting:
            connection.sendall(bus.head(path) + b"Content-Length: 1000\r\n\r\n{")
        bus.answers_others()
        assert b" 408 " in waiting[0].recv(1000)
    finally:
        for connection in waiting:
            connection.close()
    bus.answers_others()


@pytest.mark.parametrize(
    "path", ["/v1/%00", "/v1/%ff%fe", "/v1/../../etc/passwd", "/v1//client", "/in/%2e%2e", "/v1/" + "a" * 60_000]
)
def test_no_address_is_more_than_not_found(bus: Bus, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        with closing(bus.connect()) as connection:
            connection.sendall(
                bus.head(path).replace(b"POST", method.encode(), 1) + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
            )
            status = int(connection.recv(4000).split(b" ")[1])
        assert 400 <= status < 500, (method, path, status)
    bus.answers_others()
