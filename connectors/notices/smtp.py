"""E-mail over SMTP (RFC 5321), with TLS from the start (RFC 8314) or STARTTLS (RFC 3207), certificates checked.

The step at which it fails decides: until the message itself is sent, nothing was sent; when the server does not
answer after it, the outcome is not known.
"""

import smtplib
import ssl
from collections.abc import Callable
from datetime import timedelta
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import EmailPolicy
from hashlib import sha256
from typing import Literal

from connectors.notices.gateway import Answer, Message, Verdict
from connectors.notices.replies import in_doubt
from lienthong import LOCAL_ZONE, Clock, Transient

NAME = "máy chủ thư điện tử"
_LONGEST_ADDRESS = 254
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

Security = Literal["tls", "starttls", "none"]


class _Policy(EmailPolicy):
    """`EmailPolicy` of Python 3.11 loses spaces between the encoded words of a long subject; `Header` keeps them.

    The test with a long subject shows when this is no longer needed.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name != "Subject" or value.isascii():
            return super().fold_binary(name, value)
        folded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}".encode("ascii")


class Smtp:
    """Sends one e-mail a connection.

    - `sender`: the address it comes from; its domain is that of Message-ID, which is made of the notice's id alone.
    - `security`: `none` only on this machine. `ca_file`: a certificate authority beside those of the system.
    """

    knows_repeats = False

    def __init__(
        self,
        clock: Clock,
        *,
        host: str,
        port: int,
        sender: str,
        sender_name: str = "",
        security: Security = "starttls",
        username: str = "",
        password: str = "",
        ca_file: str | None = None,
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        if security == "none" and host not in _LOOPBACK:
            raise ValueError("security: none chỉ dùng được trên chính máy này; viết tls hoặc starttls")
        self._clock = clock
        self._host, self._port = host, port
        self._sender = Address(sender_name, addr_spec=sender)
        self._security = security
        self._username, self._password = username, password
        self._context = ssl.create_default_context()
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        if ca_file:
            self._context.load_verify_locations(cafile=ca_file)
        self._seconds = timeout.total_seconds()

    def send(self, message: Message) -> Answer:
        """Send once. See the port."""
        recipient = _address(message.recipient)
        if recipient is None:
            return Answer(Verdict.OTHER_CHANNEL, "địa chỉ thư điện tử của người nhận không dùng được")
        if not message.text or not message.subject:
            return Answer(Verdict.DEAD, "thông báo không có tiêu đề hoặc nội dung")
        content = bytes(self._compose(message, recipient))
        try:
            connection = self._connect()
        except ssl.SSLCertVerificationError:
            return Answer(Verdict.CONFIGURATION, f"chứng thư TLS của {NAME} không hợp lệ: không gửi qua kết nối này")
        except ssl.SSLError:
            return Answer(Verdict.CONFIGURATION, f"{NAME} không nói TLS như đã khai (security: {self._security})")
        except smtplib.SMTPNotSupportedError:
            return Answer(Verdict.CONFIGURATION, f"{NAME} không có STARTTLS: không gửi qua kết nối không mã hoá")
        except (OSError, smtplib.SMTPException):
            raise Transient(f"không kết nối được {NAME}") from None
        try:
            return self._deliver(connection, recipient, content)
        finally:
            connection.close()

    def query(self, message_id: str, gateway_id: str | None) -> None:
        """An SMTP server cannot be asked."""

    def _compose(self, message: Message, recipient: Address) -> EmailMessage:
        mail = EmailMessage(policy=_Policy(linesep=SMTP_POLICY.linesep))
        mail["From"] = self._sender
        mail["To"] = recipient
        mail["Subject"] = " ".join((message.subject or "").split())
        mail["Date"] = self._clock.now().astimezone(LOCAL_ZONE)
        mail["Message-ID"] = f"<{message.notice_id}@{self._sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office reply comes back
        mail.set_content(message.text or "", charset="utf-8", cte="base64")
        for file in message.attachments:
            kind, _, subtype = file.media_type.partition("/")
            mail.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
        if message.attachments:  # drawn at random otherwise, and a mail that is made again is the same
            mail.set_boundary(f"=={sha256(message.notice_id.encode()).hexdigest()[:32]}==")
        return mail

    def _connect(self) -> smtplib.SMTP:
        if self._security == "tls":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=self._seconds, context=self._context)
        connection = smtplib.SMTP(self._host, self._port, timeout=self._seconds)
        if self._security == "starttls":
            try:
                connection.starttls(context=self._context)
            except BaseException:
                connection.close()
                raise
        return connection

    def _deliver(self, connection: smtplib.SMTP, recipient: Address, content: bytes) -> Answer:
        steps: list[tuple[Callable[[], tuple[int, bytes]], Callable[[int], Answer]]] = [
            (lambda: connection.mail(self._sender.addr_spec), lambda code: _refused_by(code, "địa chỉ người gửi")),
            (lambda: connection.rcpt(recipient.addr_spec), _refused_recipient),
            (lambda: connection.docmd("DATA"), lambda code: _refused_by(code, "nhận nội dung thư")),
        ]
        try:
            if self._username and (refused := self._log_in(connection)) is not None:
                return refused
            connection.ehlo_or_helo_if_needed()
            for ask, judge in steps:
                code, _ = ask()
                if code not in (250, 251, 354):
                    return judge(code)
        except (OSError, smtplib.SMTPException):
            raise Transient(f"{NAME} ngắt kết nối trước khi nhận thư") from None
        return _hand_in(connection, content)

    def _log_in(self, connection: smtplib.SMTP) -> Answer | None:
        try:
            connection.login(self._username, self._password)
        except smtplib.SMTPAuthenticationError as error:
            if 400 <= error.smtp_code < 500:
                return Answer(Verdict.RETRY, f"{NAME} tạm không cho đăng nhập", str(error.smtp_code))
            return Answer(Verdict.CONFIGURATION, f"{NAME} từ chối tài khoản gửi thư", str(error.smtp_code))
        except smtplib.SMTPNotSupportedError:
            return Answer(Verdict.CONFIGURATION, f"{NAME} không có cách đăng nhập nào dùng được")
        return None


def _hand_in(connection: smtplib.SMTP, content: bytes) -> Answer:
    """Send the message itself, and wait for the server to take it over."""
    try:
        connection.send(smtplib.quotedata(content.decode("ascii")).encode("ascii") + b".\r\n")
        code, _ = connection.getreply()
    except (OSError, smtplib.SMTPException):
        return in_doubt(NAME, "không trả lời sau khi thư đã gửi đi")
    if code == 250:
        return Answer(Verdict.ACCEPTED, f"{NAME} đã nhận thư", "250", cost=0)
    if 400 <= code < 500:
        return Answer(Verdict.RETRY, f"{NAME} tạm không nhận thư", str(code))
    return Answer(Verdict.DEAD, f"{NAME} không nhận nội dung thư", str(code))


def _refused_by(code: int, what: str) -> Answer:
    if 400 <= code < 500:
        return Answer(Verdict.RETRY, f"{NAME} tạm từ chối {what}", str(code))
    return Answer(Verdict.CONFIGURATION, f"{NAME} từ chối {what}", str(code))


def _refused_recipient(code: int) -> Answer:
    if 400 <= code < 500:
        return Answer(Verdict.RETRY, f"{NAME} tạm từ chối người nhận", str(code))
    return Answer(Verdict.OTHER_CHANNEL, f"{NAME} từ chối người nhận", str(code))


def _address(text: str) -> Address | None:
    """An address that SMTP without SMTPUTF8 carries; None for anything else."""
    if not (text.isascii() and text.isprintable() and len(text) <= _LONGEST_ADDRESS) or " " in text:
        return None
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):  # the parser of headers raises all of them
        return None
    return address if address.username and "." in address.domain and "<" not in text else None
