"""What a RabbitMQ server tells about itself when we connect, and whether it can do what this adapter needs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lienthong.messages import message

MIN_VERSION = (3, 10)
"""The first release whose quorum queues dead-letter at least once, and support a message time-to-live."""

_REQUIRED = ("publisher_confirms", "basic.nack", "consumer_cancel_notify", "connection.blocked")


@dataclass(frozen=True, slots=True)
class Server:
    """A RabbitMQ server. `problem` is a sentence that names what the server lacks; empty when it can be used."""

    product: str
    version: str
    problem: str = ""

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> "Server":
        """`properties` are the server properties of a connection."""
        product, version = str(properties.get("product", "?")), str(properties.get("version", "?"))
        return cls(product, version, _problem(version, properties.get("capabilities", {})))


def _problem(version: str, capabilities: Mapping[str, Any]) -> str:
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < MIN_VERSION:
        return message("the server is version {version}; RabbitMQ 3.10 or newer is needed", version=version)
    missing = [name for name in _REQUIRED if not capabilities.get(name)]
    return message("the server lacks: {names}", names=", ".join(missing)) if missing else ""
