"""A mail server for tests: SMTP with STARTTLS or TLS, which fails at the step that the test names."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """`answers`: by command (`EHLO`, `MAIL`, `RCPT`, `DATA`, `END`), the reply in place of the usual one; "" drops the
    connection, "silence" gives none. `mails`: what was received.
    """

    port: int = 0
    ca_file: str = ""
    starttls: bool = True
    answers: dict[str, str] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    end: threading.Event = field(default_factory=threading.Event)


def make_certificate(folder: Path, host: str = "127.0.0.1") -> tuple[Path, Path]:
    """A certificate for a host that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    alternative: x509.GeneralName = x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = (folder / f"{host}.pem", folder / f"{host}.key")
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


class _Handler(socketserver.StreamRequestHandler):
    mail: MailServer
    context: ssl.SSLContext
    tls: bool

    def handle(self) -> None:
        try:
            if self.tls:
                self._wrap()
            self._talk()
        except OSError:
            return  # the client has gone, or a step is to drop the connection
        finally:
            self.rfile.close()
            self.wfile.close()
            self.connection.close()

    def _wrap(self) -> None:
        self.rfile.close()
        self.wfile.close()
        plain = self.connection
        self.connection = self.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.connection.do_handshake()
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def _talk(self) -> None:
        self._reply("220 stand-in")
        while line := self.rfile.readline():
            command = line.split(b" ")[0].strip().upper().decode("latin-1")
            self.mail.commands.append(command)
            if command == "STARTTLS":
                self._reply("220 go on")
                self._wrap()
                continue
            extension = "STARTTLS" if self.mail.starttls else "SIZE 1000000"
            usual = {
                "EHLO": f"250-stand-in\r\n250-{extension}\r\n250 AUTH PLAIN",
                "AUTH": "235 welcome",
                "DATA": "354 go on",
                "QUIT": "221 bye",
            }.get(command, "250 ok")
            if not self._reply(self.mail.answers.get(command, usual)).startswith("354"):
                continue
            content = b""
            while (piece := self.rfile.readline()) != b".\r\n" and piece:
                content += piece
            self.mail.mails.append(content)
            self._reply(self.mail.answers.get("END", "250 ok"))

    def _reply(self, text: str) -> str:
        if text == "silence":
            self.mail.end.wait(20)
            text = ""
        if not text:
            raise ConnectionAbortedError
        self.wfile.write(f"{text}\r\n".encode())
        return text


@contextmanager
def mail_server(folder: Path, *, tls: bool = False, host: str = "127.0.0.1") -> Iterator[MailServer]:
    """A server until the end of the block; `tls`: from the start. Its certificate is for `host`."""
    certificate, key = make_certificate(folder, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    mail = MailServer(ca_file=str(certificate))
    handler = type("Handler", (_Handler,), {"mail": mail, "context": context, "tls": tls})

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that refuses the certificate is what a test wants."""

    with Server(("127.0.0.1", 0), handler) as server:
        mail.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield mail
        finally:
            mail.end.set()
            server.shutdown()
            thread.join(10)
