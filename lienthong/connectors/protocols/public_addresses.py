"""Connections to public addresses alone: for addresses that another party chooses, such as that of a webhook.

A party that may name an address could otherwise let this machine call what stands beside it: a database, a console, the
metadata service of a cloud (server-side request forgery, CWE-918). A name is resolved once, every address that it has
is judged, and the connection goes to an address that was judged: a name server that changes its answer changes nothing.
"""

import ipaddress
import socket
from collections.abc import Sequence

import httpcore

from lienthong.connectors.protocols.name_resolution import Resolve, ResolvingBackend

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
    if isinstance(ip, ipaddress.IPv6Address) and (ip.scope_id is not None or ip not in _GLOBAL_UNICAST):
        return False  # an address with a zone belongs to one link of this machine
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _REFUSED)


def refuse_private(addresses: Sequence[str]) -> None:
    """Raise `PrivateAddress` unless all addresses are public.

    A host that has public and private addresses is refused, too: which one counts is not left to chance.
    """
    if not all(is_public(address) for address in addresses):
        raise PrivateAddress


class PublicBackend(ResolvingBackend):
    """The network behind `backend`, without the addresses that are not public. Raises `PrivateAddress`."""

    def __init__(self, backend: httpcore.NetworkBackend, resolve: Resolve = socket.getaddrinfo) -> None:
        super().__init__(backend, judge=refuse_private, resolve=resolve)
