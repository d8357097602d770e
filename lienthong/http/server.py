"""The server: uvicorn over h11, with an orderly end and with a limit for callers that send nothing.

On SIGTERM or Ctrl+C the process is not ready any more (`/readyz` 503), but still takes connections for a moment, until
whatever distributes the load has noticed. Then it takes none, ends what it has begun, and stops.
"""

import asyncio
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from lienthong.http.service import Service

HEADER_SECONDS = 10.0
"""Seconds in which the head of a request must come, from its first byte or from the opening of the connection."""

END_SECONDS = 20
"""Seconds in which requests that were begun may end."""

MOST_CONNECTIONS = 1000
"""Connections at one time; one more is answered with 503."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class BoundedProtocol(H11Protocol):
    """Closes a connection that does not send the head of a request in time."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Called by uvicorn when a connection is opened."""
        super().__init__(*given, **named)
        self._deadline: asyncio.TimerHandle | None = None
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        if self._deadline is None and self.conn.their_state is h11.IDLE:
            self._expect_head()
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._head_came()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(HEADER_SECONDS, self._close)

    def _close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def _head_came(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Server(uvicorn.Server):
    """A uvicorn that drains: see above. `drain` is for how many seconds."""

    def __init__(self, app: ASGIApp, service: Service, *, drain: float) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=BoundedProtocol,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=MOST_CONNECTIONS,
                timeout_graceful_shutdown=END_SECONDS,
            )
        )
        self._service = service
        self._drain = drain
        self._until: float | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The same as uvicorn's, but a signal is not raised once more at the end: the exit code is 0."""
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's own name and form
        """Begin to drain at the first signal; stop at once at the second."""
        if self._until is None:
            self._service.draining.set()
            self._until = time.monotonic() + self._drain
        else:
            self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        if self._until is not None and time.monotonic() >= self._until:
            self.should_exit = True
        return await super().on_tick(counter)


def open_socket(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises OSError; its `filename` is the address."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        error.filename = f"{host}:{port}"
        raise
    listener.set_inheritable(True)
    return listener
