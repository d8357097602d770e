"""Serves the sandbox over HTTP, from one socket in one process, until told to stop."""

import asyncio
import os
import socket
import sys
from threading import Thread

import orjson
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.app import create_app
from sandbox.faults import DROP
from sandbox.recording import FILES, Recording, ticks

KEEP_ALIVE_SECONDS = 75  # longer than any client keeps an idle connection, so that none is closed under its hands


class DroppableConnection(H11Protocol):
    """A connection that lets the application close it in the middle of a reply."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        inner: ASGIApp = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {DROP: transport.close}
            await inner(scope, receive, send)

        self.app = app


class AnnouncedServer(uvicorn.Server):
    """Says one line on stdout once it listens, so that whoever started it knows where to go."""

    def __init__(self, config: uvicorn.Config, announcement: bytes) -> None:
        super().__init__(config)
        self._announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        sys.stdout.buffer.write(self._announcement + b"\n")
        sys.stdout.buffer.flush()

    def stop_at_end_of_stdin(self) -> None:
        """Stop, without waiting for anyone, when the other end of stdin is gone: a parent takes us along."""

        def wait() -> None:
            while os.read(0, 4096):
                pass
            self.force_exit = self.should_exit = True

        Thread(target=wait, daemon=True).start()


def serve(recording: Recording, host: str, port: int, *, until_stdin_closes: bool = False) -> None:
    """Serve until interrupted. Port 0 takes any free one. Raises `OSError` if the address cannot be had."""
    # With the protocol named: asyncio turns Nagle's algorithm off only then, and it costs 40 ms a reply.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        url = f"http://{host}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            create_app(recording),
            http=DroppableConnection,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=1,  # a caller kept waiting by a fault does not keep us alive
        )
        server = AnnouncedServer(config, _announcement(recording, url))
        if until_stdin_closes:
            server.stop_at_end_of_stdin()
        server.run(sockets=[listener])


def _announcement(recording: Recording, url: str) -> bytes:
    """Where to go, when to stand there, and the settings that point the house's connectors at us."""
    told = {
        "url": url,
        "ticks": [tick.astimezone(recording.zone).isoformat() for tick in ticks(recording.lines)],
        "name": recording.name,
        "systems": recording.systems,
        "months": recording.months,
        "variables": {f"{system.upper()}_URL": f"{url}/{system}" for system in FILES},
    }
    return orjson.dumps(told)
