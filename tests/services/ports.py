"""Ports for servers that are killed and started again."""

import random
import socket
from contextlib import ExitStack

BELOW_CLIENTS = range(10_000, 32_768)
"""Linux takes the ports of outgoing connections from 32768 up, so none uses these while a server is down."""


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 on which no process listens now."""
    chance = random.SystemRandom()  # other test processes choose at the same time, and hypothesis seeds the usual one
    with ExitStack() as held:
        ports: list[int] = []
        while len(ports) < count:
            port = chance.choice(BELOW_CLIENTS)
            try:
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            ports.append(port)
    return ports
