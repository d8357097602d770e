"""The address of a caller that came through proxies, by the header that the trusted ones write.

A caller can write any header. So one counts only as far as trusted proxies wrote it: it is read from its end, where the
nearest proxy appended, and the first address that is no proxy's is the caller's.
"""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from lienthong.settings import ProxySettings

MOST_HOPS = 20
"""Addresses of a header that are looked at."""

_FORWARDED_FOR = re.compile(r'(?:^|;)\s*for=(?:"([^"]*)"|([^;\s]*))', re.IGNORECASE)

_Address = IPv4Address | IPv6Address


class CallerAddress:
    """Finds the addresses of callers. Without trusted proxies it is that of the connection."""

    def __init__(self, settings: ProxySettings) -> None:
        self._trusted = [ip_network(network) for network in settings.trusted]
        self._header = settings.header

    def find(self, scope: Scope) -> str:
        """The address; "" where the server knows none, as on a socket of the machine."""
        client = scope.get("client")
        nearest = str(client[0]) if client else ""
        address = _parse(nearest)
        if address is None or not self._is_trusted(address):
            return nearest
        for written in reversed(self._hops(scope)):
            hop = _parse(written)
            if hop is None:  # `unknown`, or a name that hides it: what lies behind is not known either
                break
            address = hop
            if not self._is_trusted(hop):
                break
        return str(address)

    def _is_trusted(self, address: _Address) -> bool:
        return any(address in network for network in self._trusted)

    def _hops(self, scope: Scope) -> Sequence[str]:
        written = ",".join(Headers(scope=scope).getlist(self._header)).split(",")[-MOST_HOPS:]
        return list(_forwarded(written)) if self._header == "forwarded" else written


def _forwarded(elements: Iterable[str]) -> Iterable[str]:
    """The `for` of each element of a Forwarded (RFC 7239)."""
    for element in elements:
        found = _FORWARDED_FOR.search(element)
        yield (found[1] or found[2] or "") if found else ""


def _parse(written: str) -> _Address | None:
    """An address with or without port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`."""
    text = written.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
