"""Ports for servers that are killed and started again."""

import random
import socket
from contextlib import ExitStack

BELOW_CLIENTS = range(10_000, 32_768)
"""Linux gives connections their own ports from 32768 up: none takes one of these while its server is down."""


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listened on just now."""
    dice = random.SystemRandom()  # other processes choose at the same moment, and hypothesis seeds the usual one
    with ExitStack() as held:
        ports: list[int] = []
        while len(ports) < count:
            port = dice.choice(BELOW_CLIENTS)
            try:
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            ports.append(port)
    return ports
