"""A receiver that another party names leads nowhere but to public addresses. No name server and no network is asked."""

import socket
from collections.abc import Callable, Sequence
from typing import Any

import httpcore
import httpx
import pytest

from lienthong.connectors.protocols.http import Http
from lienthong.connectors.protocols.http_transport import Transport
from lienthong.connectors.protocols.public_addresses import PrivateAddress, PublicBackend, is_public
from lienthong.errors import Transient
from lienthong.messages import message

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


def http_over(network: Network, resolve: Callable[..., Any] = resolve) -> Http:
    transport = Transport(only_public=True)
    transport._direct._pool._network_backend = PublicBackend(network, resolve)
    return Http("the receiver", transport=transport)


def test_no_hostile_url_leads_to_a_private_address() -> None:
    assert len(HOSTILE) >= 60
    network = Network()
    http = http_over(network)
    for host in HOSTILE:
        with pytest.raises(Transient):
            http.send("POST", f"http://{host}/hook", content=b"{}", headers={})
    assert network.tried == []


def test_the_refusal_states_that_nothing_was_sent_and_not_the_address() -> None:
    with pytest.raises(Transient) as error:
        http_over(Network()).send("POST", "https://private.example/s3cret", content=b"{}", headers={})
    assert error.value.why == message("the address of {system} is not public; nothing was sent", system="the receiver")
    assert "private.example" not in str(error.value)
    assert "s3cret" not in str(error.value)


def test_a_public_host_is_connected_to_by_the_addresses_that_were_judged() -> None:
    network = Network()
    with pytest.raises(Transient):
        http_over(network).send("POST", "https://twice.example/hook", content=b"{}", headers={})
    assert network.tried == NAMES["twice.example"]


def test_a_name_that_changes_its_answer_is_resolved_once() -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    def changing(host: str, port: int, **_: Any) -> Sequence[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]

    network = Network()
    backend = PublicBackend(network, changing)
    with pytest.raises(httpcore.ConnectError):
        backend.connect_tcp("rebind.example", 443)
    assert network.tried == ["93.184.216.34"]
    with pytest.raises(PrivateAddress):
        backend.connect_tcp("rebind.example", 443)
    assert network.tried == ["93.184.216.34"]


def test_no_proxy_applies_which_would_resolve_the_name_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    address = httpx.URL("https://public.example/")
    strict, usual = Transport(only_public=True), Transport()
    assert strict._transport_for(address) is strict._direct
    assert usual._transport_for(address) is not usual._direct


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "2400:cb00::1"])
def test_what_is_public_is_not_refused(address: str) -> None:
    assert is_public(address)
