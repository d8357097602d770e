"""Hosts and addresses by which a party that may name a receiver could reach what stands beside this machine."""

import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import httpcore

from lienthong.connectors.protocols.http import TIMEOUT, Http
from lienthong.connectors.protocols.http_transport import Transport
from lienthong.connectors.protocols.public_addresses import PublicBackend

NAMES = {
    "public.example": ["93.184.216.34"],
    "twice.example": ["93.184.216.34", "2606:2800:220:1::1"],
    "private.example": ["10.1.2.3"],
    "mixed.example": ["93.184.216.34", "192.168.1.1"],
    "mixed6.example": ["93.184.216.34", "fd00::5"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "localhost": ["127.0.0.1", "::1"],
    "metadata.google.internal": ["169.254.169.254"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "empty.example": [],
}

HOSTILE = [
    *("127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1"),
    *("017700000001", "0x7f.0x0.0x0.0x1", "0", "0.0.0.0", "0x0", "00.00.00.00", "0.1.2.3", "127.0.0.1."),  # noqa: S104 - nothing is bound
    *("10.0.0.1", "10.255.255.255", "167772161", "012.0.0.1", "0xa.0.0.1", "10.1", "172.16.0.1", "172.31.255.254"),
    *("0xac100001", "192.168.0.1", "192.168.257", "0xc0a80001", "3232235521", "0300.0250.0.1"),
    *("169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "100.64.0.1"),
    *("100.100.100.200", "192.0.0.192", "198.18.0.1", "192.0.2.1", "203.0.113.9", "224.0.0.1", "239.255.255.250"),
    *("240.0.0.1", "255.255.255.255", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
    *("[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]"),
    *("[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::1]", "[fd00:ec2::254]", "[fc00::1]", "[fec0::1]", "[ff02::1]"),
    *("168.63.129.16", "192.88.99.1", "[3fff::1]"),
    *("[2001:db8::1]", "[100::1]", "private.example", "mixed.example", "mixed6.example", "mapped.example"),
    *("localhost", "LOCALHOST", "metadata.google.internal", "127.0.0.1.nip.example", "empty.example"),
    *("unknown.example", "①②⑦.⓪.⓪.①", "127。0。0。1", "a@127.0.0.1"),
]


def resolve(host: str, port: int, **given: Any) -> Sequence[tuple[Any, ...]]:
    """As `getaddrinfo`, with `NAMES` in place of name servers."""
    known = NAMES.get(host.lower())
    if known is None:
        return socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST, **given)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known]


class Network(httpcore.NetworkBackend):
    """Notes where it is to connect to, and connects nowhere."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.NetworkStream:
        self.tried.append(host)
        raise httpcore.ConnectError


def http_over(network: Network, resolve: Callable[..., Any] = resolve, timeout: timedelta = TIMEOUT) -> Http:
    transport = Transport(only_public=True)
    transport._direct._pool._network_backend = PublicBackend(network, resolve)
    return Http("the receiver", timeout=timeout, transport=transport)
