"""No webhook leads to a private address: neither a delivery nor a handshake, however the address is written."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpcore
import pytest

from lienthong.connectors.protocols.http import Http
from lienthong.connectors.protocols.http_transport import Transport
from lienthong.connectors.protocols.name_resolution import ResolvingBackend
from lienthong.connectors.webhooks.channel import WebhookChannel
from lienthong.connectors.webhooks.handshake import ask_consent
from lienthong.connectors.webhooks.sender import make_http
from lienthong.errors import Transient, WrongUse
from lienthong.subscriptions.addresses import check_webhook_address
from lienthong.subscriptions.channel import Delivered, TryLater
from tests.fake_systems import FakeClock
from tests.hostile_addresses import HOSTILE, NAMES, Network, http_over
from tests.smtp_stand_in import make_certificate
from tests.unit.lienthong_connectors.loopback import Response
from tests.webhooks import ORIGIN, SHORT, announced, receiver, webhook

URLS = [
    *(f"https://{host}/hook" for host in HOSTILE),
    *(f"https://{host}:8443/" for host in ("127.0.0.1", "[::1]", "localhost.", "private.example")),
    "https://[fe80::1%25eth0]/hook",
    "https://[::1%25lo]/hook",
    "https://public.example@127.0.0.1/hook",
    "https://public.example:443@127.0.0.1/hook",
    "https://127.0.0.1#@public.example/",
    "https://127.0.0.1%23@private.example/",
    "https://%31%32%37.0.0.1/hook",
    "https://①②⑦.0.0.1/hook",
]

REFUSED = [
    *("http://hooks.example.org/", "ftp://hooks.example.org/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_"),
    *("https://user@hooks.example.org/", "https://user:pass@hooks.example.org/", "https://hooks.example.org/#x"),
    *("https://hooks.example.org:22/", "https://hooks.example.org:25/", "https://hooks.example.org:0/"),
    *("https://hooks.example.org:99999/", "https:///hook", "hooks.example.org", "", "https://hooks.example.org/a b"),
    *("https://127.0.0.1\\@hooks.example.org/", "https://hooks.example.org/\r\nX: y"),
]


def test_no_hostile_url_is_connected_to() -> None:
    assert len(URLS) >= 60
    network, clock = Network(), FakeClock()
    http = http_over(network)
    for url in URLS:
        subscription = webhook(url, settings={"allow_private": False})
        assert isinstance(WebhookChannel(subscription, clock, origin=ORIGIN, http=http).deliver(announced(1)), TryLater)
        assert not ask_consent(subscription, clock, origin=ORIGIN, http=http).is_given
    assert network.tried == []


def test_a_public_url_in_the_same_test_is_connected_to() -> None:
    network = Network()
    subscription = webhook("https://public.example/hook", settings={"allow_private": False})
    WebhookChannel(subscription, FakeClock(), origin=ORIGIN, http=http_over(network)).deliver(announced(1))
    assert network.tried == NAMES["public.example"]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_none_of_a_webhook_is_refused_when_it_is_named(url: str) -> None:
    with pytest.raises(WrongUse):
        check_webhook_address(url, allow_private=False)


@pytest.mark.parametrize(
    "url", ["https://hooks.example.org/a?b=c", "https://hooks.example.org:8443/", "https://x.vn:1024/"]
)
def test_a_usual_address_is_accepted(url: str) -> None:
    assert check_webhook_address(url, allow_private=False) == url


def test_only_what_an_operator_allows_may_lack_tls() -> None:
    assert check_webhook_address("http://10.1.2.3:8080/hook", allow_private=True)


def test_a_private_receiver_needs_its_permission() -> None:
    with receiver() as hospital:
        for allowed in (False, True):
            subscription = webhook(hospital.url, settings={"allow_private": allowed})
            channel = WebhookChannel(subscription, FakeClock(), origin=ORIGIN)
            assert (channel.deliver(announced(1)) == Delivered()) is allowed
    assert len(hospital.arrived) == 1


def test_a_redirect_to_a_private_address_is_not_followed() -> None:
    with receiver() as inner, receiver(lambda _: Response(307, headers=(("Location", inner.url),))) as outer:
        answer = WebhookChannel(webhook(outer.url), FakeClock(), origin=ORIGIN).deliver(announced(1))
    assert isinstance(answer, TryLater)
    assert inner.arrived == []


@pytest.mark.slow
def test_a_name_server_that_does_not_answer_costs_no_more_than_the_time_limit() -> None:
    end = threading.Event()

    def hang(*_: Any, **__: Any) -> Any:
        end.wait(20)
        raise socket.gaierror

    for http in (http_over(Network(), hang, SHORT), _http_resolving_by(hang)):
        with pytest.raises(Transient):
            http.send("POST", "https://slow.example/", content=b"", headers={})
    end.set()


def _http_resolving_by(resolve: Any, backend: httpcore.NetworkBackend | None = None) -> Http:
    transport = Transport(only_public=True)  # no proxy of the environment
    transport._direct._pool._network_backend = ResolvingBackend(backend or Network(), resolve=resolve)
    return Http("the receiver", timeout=timedelta(seconds=10) if backend else SHORT, transport=transport)


@contextmanager
def _tls_server(folder: Path, name: str) -> Iterator[int]:
    """Answers 200 to anything, with a certificate for `name`. Gives its port."""
    certificate, key = make_certificate(folder, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    with context.wrap_socket(connection, server_side=True) as secured:
                        request = b""
                        while not request.endswith(b"}]"):  # closed with bytes unread, the connection would be reset
                            request += secured.recv(65536)
                        secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                except OSError:  # the client refuses the certificate
                    continue

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        yield listener.getsockname()[1]


def test_the_pinned_address_must_prove_the_name_by_its_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(*_: Any, **__: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    with _tls_server(tmp_path, "hooks.example") as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "hooks.example.pem"))
        for name, is_proved in (("hooks.example", True), ("other.example", False)):
            http = _http_resolving_by(here, httpcore.SyncBackend())
            channel = WebhookChannel(webhook(f"https://{name}:{port}/"), FakeClock(), origin=ORIGIN, http=http)
            assert (channel.deliver(announced(1)) == Delivered()) is is_proved


def test_a_subscription_without_permission_uses_the_client_that_refuses() -> None:
    assert make_http(webhook("https://x.example/", settings={"allow_private": False}))._client._transport._only_public
    assert not make_http(webhook("https://x.example/"))._client._transport._only_public
