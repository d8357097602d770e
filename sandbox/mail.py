"""A stand-in for a mail server: it takes every mail, passes none on, and `GET /_mail` lists what it took.

SMTP on 127.0.0.1 without TLS, on a free port (variables `SMTP_HOST`, `SMTP_PORT`, `SMTP_SECURITY`); any account is
right.

    GET /_mail → {"mail": [{from, to [], subject, message_id, date, text, attachments [{name, type, bytes}], at}]}

`to` are the addresses of the envelope (RCPT TO), which are those that get the mail, whatever its head names.
"""

import socketserver
from collections.abc import Sequence
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from threading import Thread
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

HOST = "127.0.0.1"
LARGEST = 50_000_000
"""Bytes of a mail."""

_LINE = 1000


class Mail:
    """The mails that were received, oldest first, and the server that takes them once it is started."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []

    def routes(self) -> Sequence[Route]:
        return [Route("/_mail", self.show, methods=["GET"])]

    async def show(self, _: Request) -> Response:
        return JSONResponse({"mail": self.received})

    def start(self) -> int:
        """Listen on a free port, in a thread that ends with the process. Returns the port."""
        mail = self

        class Handler(_Session):
            received = mail.received

        server = _Server((HOST, 0), Handler)
        Thread(target=server.serve_forever, daemon=True).start()
        return int(server.server_address[1])


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Session(socketserver.StreamRequestHandler):
    """One connection (RFC 5321). A mail counts once its end was answered with 250."""

    timeout = 60
    received: list[dict[str, Any]]

    def handle(self) -> None:
        try:
            self._reply(220, "sandbox: a stand-in, no mail leaves it")
            self._talk()
        except OSError:
            return  # the client has gone, or is silent

    def _talk(self) -> None:
        sender, recipients = "", list[str]()
        while line := self.rfile.readline(_LINE):
            text = line.decode("utf-8", "replace").strip()
            match text[:4].upper():
                case "EHLO":
                    self.wfile.write(b"250-sandbox\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN\r\n")
                case "AUTH":
                    self._log_in(text)
                case "MAIL":
                    sender, recipients = _address(text), []
                    self._reply(250, "OK")
                case "RCPT":
                    recipients.append(_address(text))
                    self._reply(250, "OK")
                case "DATA":
                    self._take(sender, recipients)
                    sender, recipients = "", []
                case "QUIT":
                    self._reply(221, "Bye")
                    return
                case "HELO" | "RSET" | "NOOP":
                    self._reply(250, "OK")
                case _:
                    self._reply(502, "not implemented")

    def _log_in(self, text: str) -> None:
        """Any account is right. What the words do not hold yet is asked for."""
        words = text.split()
        asked = {"PLAIN": 1, "LOGIN": 2}.get(words[1].upper() if len(words) > 1 else "", 0)
        for _ in range(asked - len(words[2:])):
            self._reply(334, "")
            self.rfile.readline(_LINE)
        self._reply(235, "OK")

    def _take(self, sender: str, recipients: list[str]) -> None:
        if not recipients:
            self._reply(503, "no recipient")
            return
        self._reply(354, "go on")
        body, size = [], 0
        while (line := self.rfile.readline()) and line.rstrip(b"\r\n") != b".":
            size += len(line)
            if size <= LARGEST:
                body.append(line[1:] if line.startswith(b"..") else line)
        if not line:
            return  # cut off: not received
        if size > LARGEST:
            self._reply(552, "too large")
            return
        self.received.append(_described(b"".join(body), sender, recipients))
        self._reply(250, "received")

    def _reply(self, code: int, text: str) -> None:
        self.wfile.write(f"{code} {text}\r\n".encode())


def _address(text: str) -> str:
    return text.partition("<")[2].partition(">")[0]


def _described(raw: bytes, sender: str, recipients: list[str]) -> dict[str, Any]:
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)
    text = message.get_body(("plain", "html"))
    parts = [(part, part.get_payload(decode=True)) for part in message.iter_attachments()]
    return {
        "from": sender,
        "to": recipients,
        "subject": str(message["Subject"] or ""),
        "message_id": str(message["Message-ID"] or ""),
        "date": str(message["Date"] or ""),
        "text": "" if text is None else text.get_content(),
        "attachments": [
            {"name": part.get_filename(), "type": part.get_content_type(), "bytes": len(body or b"")}
            for part, body in parts
        ],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
