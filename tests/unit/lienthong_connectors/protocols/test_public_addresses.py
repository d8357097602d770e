"""A receiver that another party names leads nowhere but to public addresses. No name server and no network is asked."""

import socket
from collections.abc import Sequence
from typing import Any

import httpcore
import httpx
import pytest

from lienthong.connectors.protocols.http_transport import Transport
from lienthong.connectors.protocols.public_addresses import PrivateAddress, PublicBackend, is_public, refuse_private
from lienthong.errors import Transient
from lienthong.messages import message
from tests.hostile_addresses import HOSTILE, NAMES, Network, http_over


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


@pytest.mark.parametrize(
    "address",
    [
        *(
            "64:ff9b::808:808",
            "64:ff9b:1::808:808",
            "::ffff:8.8.8.8",
            "::8.8.8.8",
            "2002:808:808::",
            "2001:0:808:808::1",
        ),
        *("2606:4700::1%lo", "fe80::1%eth0", "fec0::1", "fd00::1", "ff02::1", "::", "::1", "100::1", "3fff::1"),
        *("192.88.99.1", "168.63.129.16", "100.64.0.1", "0.0.0.0", "255.255.255.255"),  # noqa: S104 - nothing is bound
    ],
)
def test_what_embeds_another_address_or_belongs_to_one_link_is_refused(address: str) -> None:
    with pytest.raises(PrivateAddress):
        refuse_private(["8.8.8.8", address])
