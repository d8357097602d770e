"""An exchange over a real socket is bounded in seconds, values and elements; no proxy stands before this machine."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import httpx
import pytest

from lienthong.connectors.protocols.http import Http
from lienthong.connectors.protocols.http_replies import (
    ELEMENT_LIMIT,
    VALUE_LIMIT,
    TooMuch,
    check_elements,
    check_values,
)
from lienthong.connectors.protocols.http_transport import Transport, is_loopback
from lienthong.errors import Transient

SHORT = timedelta(seconds=0.3)
PAUSE_SECONDS = 0.01
Talk = Callable[[socket.socket, threading.Event], None]


def drip(before: bytes, piece: bytes) -> Talk:
    """Sends `before`, then `piece` again and again, as slowly as a read of one piece allows."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(before)
        while not over.wait(PAUSE_SECONDS):
            connection.sendall(piece)

    return talk


def silence(_connection: socket.socket, over: threading.Event) -> None:
    over.wait()


@contextmanager
def server(talk: Talk) -> Iterator[str]:
    """A server that talks like this on every connection. Yields its URL."""
    over = threading.Event()

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            talk(connection, over)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            over.set()


@pytest.mark.parametrize(
    "talk",
    [
        drip(b"HTTP/1.1 200 OK\r\nX: ", b"a"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b" "),
        silence,
    ],
    ids=["a header without end", "interim replies without end", "a chunked body", "a body", "nothing"],
)
@pytest.mark.slow
def test_whatever_drips_in_ends_with_the_time_of_the_exchange(talk: Talk) -> None:
    with server(talk) as url, pytest.raises(Transient, match="thời gian chờ"):
        Http("iGate", timeout=SHORT, sleep=lambda _: None).call("GET", url)


def test_a_text_that_would_become_too_many_values_is_refused_before_any_is_made() -> None:
    check_values(b"[" + b"0," * (VALUE_LIMIT - 1) + b"0]")
    for text in (b"0,", b"[", b"{},", b'{"a":[],'):
        with pytest.raises(TooMuch):
            check_values(text * (VALUE_LIMIT + 1))


def test_a_list_of_too_many_elements_is_refused_wherever_the_reply_holds_it() -> None:
    numbers = [0] * (ELEMENT_LIMIT + 1)
    check_elements({"content": numbers[1:]})
    for reply in (numbers, {"content": numbers}):
        with pytest.raises(TooMuch):
            check_elements(reply)


def test_the_system_is_named_when_its_reply_holds_too_much() -> None:
    body = b"[" + b"0," * ELEMENT_LIMIT + b"0]"
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    with pytest.raises(Transient, match=f"iGate.*{ELEMENT_LIMIT}"):
        Http("iGate", transport=transport).call("GET", "https://motcua.example.gov.vn/")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "a.localhost"])
def test_these_are_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "localhost.example.vn", "example.vn", "128.0.0.1", "10.127.0.1"])
def test_these_are_other_machines(host: str) -> None:
    assert not is_loopback(host)


def test_a_proxy_of_the_environment_never_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    transport = Transport()
    choose = transport._transport_for
    assert choose(httpx.URL("http://127.0.0.1:8600/")) is transport._direct
    assert choose(httpx.URL("https://localhost/")) is transport._direct
    assert choose(httpx.URL("https://motcua.example.gov.vn/")) is not transport._direct
    monkeypatch.setenv("no_proxy", "example.gov.vn")
    assert choose(httpx.URL("https://motcua.example.gov.vn/")) is transport._direct


@pytest.mark.parametrize("value", ["dài\n", "a\r\nX: 1", "mật khẩu", "\x00"])
def test_a_header_that_http_cannot_carry_is_named_as_such_and_not_shown(value: str) -> None:
    with server(silence) as url, pytest.raises(Transient, match="không chở được") as raised:
        Http("CCVC", timeout=SHORT).call("GET", url, headers={"X-Api-Key": value})
    assert value not in raised.value.why
