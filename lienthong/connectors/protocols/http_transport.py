"""The network below HTTP: time limits over all that an exchange waits for, and no proxy on the way to this machine."""

import ipaddress
import urllib.request
from collections.abc import Iterable
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from lienthong.connectors.protocols.exchange_deadline import shorten
from lienthong.connectors.protocols.name_resolution import ResolvingBackend
from lienthong.connectors.protocols.public_addresses import PublicBackend

_LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    name = host.strip("[]").rstrip(".").lower()
    if name in _LOOPBACK_NAMES or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Transport(httpx.BaseTransport):
    """Verified TLS, HTTP/1.1 with keep-alive, and the proxies of the environment (`HTTPS_PROXY`, `NO_PROXY` …).

    A proxy never applies to a loopback address: it would look for our neighbour on its own machine. With `only_public`
    none ever does, because it would resolve the name itself; see `lienthong.connectors.protocols.public_addresses`.
    """

    def __init__(self, *, only_public: bool = False) -> None:
        self._context = httpx.create_ssl_context()
        self._only_public = only_public
        self._direct = _make(self._context, None, only_public=only_public)
        self._proxied: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._transport_for(request.url).handle_request(request)

    def close(self) -> None:
        for transport in (self._direct, *self._proxied.values()):
            transport.close()

    def _transport_for(self, url: httpx.URL) -> httpx.HTTPTransport:
        if self._only_public or is_loopback(url.host):
            return self._direct
        proxies = urllib.request.getproxies()
        proxy = proxies.get(url.scheme) or proxies.get("all")
        if not proxy or urllib.request.proxy_bypass(url.host):
            return self._direct
        if proxy not in self._proxied:
            self._proxied[proxy] = _make(self._context, proxy if "://" in proxy else f"http://{proxy}")
        return self._proxied[proxy]


def _make(context: SSLContext, proxy: str | None, *, only_public: bool = False) -> httpx.HTTPTransport:
    transport = httpx.HTTPTransport(verify=context, proxy=proxy)
    # httpx has no parameter for httpcore's network backend. tests/assumptions/test_httpx.py notices a change.
    transport._pool._network_backend = PublicBackend(_Backend()) if only_public else ResolvingBackend(_Backend())
    return transport


class _Backend(httpcore.NetworkBackend):
    """The network of this machine, with the deadline of the current exchange over each of its waits."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        wait = shorten(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_tcp(host, port, wait, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, shorten(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, shorten(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        wait = shorten(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, wait))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
