"""What a RabbitMQ server says of itself when we connect, and whether it can do what we need."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OLDEST = (3, 10)
"""The first release whose quorum queues dead-letter at least once, and time messages out."""

_NEEDED = ("publisher_confirms", "basic.nack", "consumer_cancel_notify", "connection.blocked")


@dataclass(frozen=True, slots=True)
class Server:
    """`unfit` says in words what is missing; empty when the server will do."""

    product: str
    version: str
    unfit: str = ""

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> "Server":
        """By the properties of the connection."""
        product, version = str(properties.get("product", "?")), str(properties.get("version", "?"))
        return cls(product, version, _lack(version, properties.get("capabilities", {})))


def _lack(version: str, capabilities: Mapping[str, Any]) -> str:
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < OLDEST:
        return f"máy chủ là phiên bản {version}; cần RabbitMQ 3.10 trở lên"
    missing = [name for name in _NEEDED if not capabilities.get(name)]
    return f"máy chủ không có: {', '.join(missing)}" if missing else ""
