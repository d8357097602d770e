"""Names become addresses within a time limit, and a connection goes to the addresses that were judged.

The system's look-up of a name (`getaddrinfo`) has no limit: a name server that does not answer holds its caller for
half a minute and more. So each look-up runs in a thread of its own, which is left behind when the time is over.
"""

import queue
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from lienthong.connectors.protocols.exchange_deadline import shorten

Resolve = Callable[..., Sequence[tuple[Any, ...]]]
"""`socket.getaddrinfo`, which also reads addresses in decimal, octal and hexadecimal as a connection would."""

_slots = threading.BoundedSemaphore(64)
"""Look-ups at a time. Those that were left behind count until the system ends them, so they cannot add up."""


def look_up(resolve: Resolve, host: str, port: int, seconds: float | None) -> Sequence[str]:
    """The addresses of a host, each once, as `resolve` orders them; at least one.

    Raises `httpcore.ConnectTimeout` when the time is over, `httpcore.ConnectError` when the host has no address.
    """
    if not _slots.acquire(timeout=-1 if seconds is None else seconds):
        raise httpcore.ConnectTimeout
    found: queue.SimpleQueue[Sequence[tuple[Any, ...]] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(resolve(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 - it is raised in the thread that asked
            found.put(error)
        finally:
            _slots.release()

    threading.Thread(target=ask, name="name-look-up", daemon=True).start()
    try:
        answer = found.get(timeout=seconds)
    except queue.Empty:
        raise httpcore.ConnectTimeout from None
    if isinstance(answer, (OSError, UnicodeError)):  # no such name, or one that no name server could be asked for
        raise httpcore.ConnectError from None
    if isinstance(answer, Exception):
        raise answer
    addresses = list(dict.fromkeys(str(one[4][0]) for one in answer))
    if not addresses:
        raise httpcore.ConnectError
    return addresses


def accept_all(addresses: Sequence[str]) -> None:
    """The judge of connections to systems that the operator names."""


class ResolvingBackend(httpcore.NetworkBackend):
    """The network behind `backend`, which is given addresses alone and asks no name server.

    `judge` sees every address of a host before any connection, and raises for one that must not be connected to. A name
    is resolved once for each connection: a name server that changes its answer afterwards changes nothing.
    """

    def __init__(
        self,
        backend: httpcore.NetworkBackend,
        *,
        judge: Callable[[Sequence[str]], None] = accept_all,
        resolve: Resolve = socket.getaddrinfo,
    ) -> None:
        self._backend = backend
        self._judge = judge
        self._resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        *first_ones, last = look_up(self._resolve, host, port, shorten(timeout, httpcore.ConnectTimeout))
        self._judge([*first_ones, last])
        options = None if socket_options is None else list(socket_options)
        for address in first_ones:
            try:
                return self._backend.connect_tcp(address, port, timeout, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # another address of the host may answer; the error of the last one is raised
        return self._backend.connect_tcp(last, port, timeout, local_address, options)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)
