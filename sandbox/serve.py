"""Serves the sandbox over HTTP, from one socket in one process, until it is stopped."""

import asyncio
import os
import socket
import sys
from collections.abc import Mapping
from threading import Thread

import orjson
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.app import create_app
from sandbox.faults import DROP
from sandbox.mail import HOST as MAIL_HOST
from sandbox.mail import Mail
from sandbox.pushes import Order
from sandbox.recording import FILES, Recording, ticks
from sandbox.sessions import NAME, SECRET

SECRETS: Mapping[str, str] = {
    "IGATE_CLIENT_ID": NAME,
    "IGATE_CLIENT_SECRET": SECRET,
    "VNEID_CLIENT_ID": NAME,
    "VNEID_CLIENT_SECRET": SECRET,
    "VNEID_KEY_SALT": SECRET,
    "DVCQG_USERNAME": NAME,
    "DVCQG_PASSWORD": SECRET,
    "DVCQG_DSTCODE": "dvcqg",
    "CCVC_API_KEY": SECRET,
    "ORGANISATIONS_API_KEY": SECRET,
    "PORTAL_ACCOUNTS_API_KEY": SECRET,
    "AGENCIES_TOKEN": SECRET,
    "NATIONAL_STORE_TOKEN": SECRET,
    "PAYMENTS_SECRET": SECRET,
    "PAYMENTS_PREVIOUS_SECRET": "",
    "ZALO_APP_ID": NAME,
    "ZALO_SECRET_KEY": SECRET,
    "ZALO_OA_SECRET": SECRET,
    "ZALO_REFRESH_TOKEN": SECRET,
    "ESMS_API_KEY": NAME,
    "ESMS_SECRET_KEY": SECRET,
    "VNPT_SMS_API_USER": NAME,
    "VNPT_SMS_API_PASSWORD": SECRET,
    "VIETTEL_SMS_USER": NAME,
    "VIETTEL_SMS_PASSWORD": SECRET,
    "NOTICE_RECEIPTS_TOKEN": SECRET,
}
"""What the sandbox takes, by the variables of `config/sources/`."""

GATEWAYS: Mapping[str, str] = {
    "ZALO_URL": "/zalo",
    "ZALO_TOKEN_URL": "/zalo/v4/oa/access_token",
    "ESMS_URL": "/esms/MainService.svc/json",
    "VNPT_SMS_URL": "/vnpt/api",
    "VIETTEL_SMS_URL": "/viettel/ws",
}
"""Where the gateways of notices are, by the variables of `config/sinks/`."""

_WITHOUT_LIMITS = {
    "NOTICES_SINCE": "2000-01-01T00:00:00+07:00",
    "NOTICES_PER_DAY": "1000000",
    "NOTICES_USEFUL_FOR": "9999d",
    "HAPPENINGS_TELL_WITHIN": "9999d",
}
"""Whatever the age of a recording, its happenings are announced, all of them. Its own configuration may limit them."""

KEEP_ALIVE_SECONDS = 75  # longer than clients keep an idle connection, so that the server does not close one in use


class DroppableConnection(H11Protocol):
    """A connection that lets the application close it in the middle of a reply."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn declares it so
        super().connection_made(transport)
        inner: ASGIApp = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {DROP: transport.close}
            await inner(scope, receive, send)

        self.app = app


class AnnouncedServer(uvicorn.Server):
    """Prints one line on stdout once it listens, so that the process which started it can connect."""

    def __init__(self, config: uvicorn.Config, announcement: bytes) -> None:
        super().__init__(config)
        self._announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        sys.stdout.buffer.write(self._announcement + b"\n")
        sys.stdout.buffer.flush()

    def stop_at_end_of_stdin(self) -> None:
        """Stop at once, without waiting for requests, when stdin ends: so the sandbox ends with its parent process."""

        def wait() -> None:
            while os.read(0, 4096):
                pass
            self.force_exit = self.should_exit = True

        Thread(target=wait, daemon=True).start()


def serve(
    recording: Recording, host: str, port: int, *, until_stdin_closes: bool = False, push_to: Order | None = None
) -> None:
    """Serve until interrupted. Port 0 chooses a free port. Raises `OSError` if the address is not available."""
    mail = Mail()
    # The protocol is named because asyncio otherwise leaves Nagle's algorithm on, which costs 40 ms a reply.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        url = f"http://{host}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            create_app(recording, push_to=push_to, mail=mail),
            http=DroppableConnection,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=1,  # a request held by a fault does not delay the end
        )
        server = AnnouncedServer(config, _announcement(recording, url, mail.start()))
        if until_stdin_closes:
            server.stop_at_end_of_stdin()
        server.run(sockets=[listener])


def _announcement(recording: Recording, url: str, mail_port: int) -> bytes:
    """JSON with the URL, the times at which to poll, and the variables that point the project's connectors here.

    The variables have the sandbox's secrets too, so that none of a real system is sent here.
    """
    values = {
        "url": url,
        "ticks": [tick.astimezone(recording.zone).isoformat() for tick in ticks(recording.lines)],
        "name": recording.name,
        "systems": recording.systems,
        "months": recording.months,
        "variables": {
            **{f"{system.upper()}_URL": f"{url}/{system}" for system in (*FILES, "agencies", "results")},
            **{name: f"{url}{path}" for name, path in GATEWAYS.items()},
            **SECRETS,
            "SMTP_HOST": MAIL_HOST,
            "SMTP_PORT": str(mail_port),
            "SMTP_SECURITY": "none",
            **_WITHOUT_LIMITS,
        },
    }
    return orjson.dumps(values)
