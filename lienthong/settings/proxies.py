"""The settings of the proxies before the HTTP interface."""

from dataclasses import dataclass
from typing import Literal

ProxyHeader = Literal["x-forwarded-for", "forwarded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """The proxies before the HTTP interface. `trusted`: their addresses or networks; `header`: what they write."""

    trusted: tuple[str, ...] = ()
    header: ProxyHeader = "x-forwarded-for"


DEFAULT_PROXIES = ProxySettings()
"""None is believed."""
