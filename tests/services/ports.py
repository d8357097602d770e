"""Ports for servers that are killed and started again."""

import fcntl
import os
import random
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

BELOW_CLIENTS = range(10_000, 32_768)
"""Linux takes the ports of outgoing connections from 32768 up, so none uses these while a server is down."""

_LOCKS = Path(tempfile.gettempdir()) / "lienthong-test-ports"
_held: list[int] = []
"""Open files, one for each port that this process has. The kernel releases their locks when the process ends."""


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 on which no process listens now, and which no other process of tests gets while this one runs.

    A server listens on its port long after the port was chosen, and again after it was killed. Until then and meanwhile
    the lock of a file keeps the port, for all processes of tests on this machine.
    """
    chance = random.SystemRandom()  # hypothesis seeds the usual one
    ports: list[int] = []
    while len(ports) < count:
        port = chance.choice(BELOW_CLIENTS)
        if _is_ours(port) and _is_free(port):
            ports.append(port)
    return ports


def _is_ours(port: int) -> bool:
    """Whether this process has the port from now on; False when any process, this one too, has it already."""
    _LOCKS.mkdir(exist_ok=True)
    with suppress(PermissionError):  # a folder, or a file, of another account
        _LOCKS.chmod(0o1777)
    try:
        file = os.open(_LOCKS / str(port), os.O_CREAT | os.O_RDWR, 0o666)
    except PermissionError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return False
    _held.append(file)
    return True


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
