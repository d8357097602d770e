"""Connections to public addresses alone: for addresses that another party chooses, such as that of a webhook.

A party that may name an address could otherwise let this machine call what stands beside it: a database, a console, the
metadata service of a cloud (server-side request forgery, CWE-918). A name is resolved once, every address that it has
is judged, and the connection goes to an address that was judged: a name server that changes its answer changes nothing.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

Resolve = Callable[..., Sequence[tuple[Any, ...]]]
"""`socket.getaddrinfo`, which also reads addresses in decimal, octal and hexadecimal as a connection would."""

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that IANA has assigned for use between networks. What maps or embeds an IPv4 address elsewhere is not in it."""

_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # of protocols (RFC 6890), and the metadata service of a cloud; Python knows parts of it
        "192.88.99.0/24",  # relays of 6to4, deprecated (RFC 7526)
        "168.63.129.16/32",  # the host platform of a cloud: it stands beside the machine although it looks public
        "2001::/23",  # of protocols: Teredo leads to the IPv4 address that is written into it
        "2002::/16",  # 6to4: the same
        "3fff::/20",  # documentation (RFC 9637); older versions of Python do not know it
    )
)
"""What is not refused otherwise."""


class PrivateAddress(Exception):  # noqa: N818 - the name states what is wrong
    """The host has an address that is not public. No connection was made."""


def is_public(address: str) -> bool:
    """Whether an IP address as `getaddrinfo` writes it is reachable for all (IANA special-purpose registries)."""
    ip = ipaddress.ip_address(address)
    if ip.is_multicast or not ip.is_global or any(ip in network for network in _REFUSED):
        return False
    return isinstance(ip, ipaddress.IPv4Address) or ip in _GLOBAL_UNICAST


class PublicBackend(httpcore.NetworkBackend):
    """The network behind `backend`, without the addresses that are not public. Raises `PrivateAddress`.

    A host that has public and private addresses is refused, too: which one counts is not left to chance.
    """

    def __init__(self, backend: httpcore.NetworkBackend, resolve: Resolve = socket.getaddrinfo) -> None:
        self._backend = backend
        self._resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        *first_ones, last = self._addresses(host, port)
        options = None if socket_options is None else list(socket_options)
        for address in first_ones:
            try:
                return self._backend.connect_tcp(address, port, timeout, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # another address of the host may answer; the error of the last one is raised
        return self._backend.connect_tcp(last, port, timeout, local_address, options)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            found = self._resolve(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):  # no such name, or one that no name server could be asked for
            raise httpcore.ConnectError from None
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not addresses:
            raise httpcore.ConnectError
        if not all(is_public(address) for address in addresses):
            raise PrivateAddress
        return addresses
