"""From a URL to how we connect: bounded waits everywhere, and TLS that verifies."""

import os
import ssl
from urllib.parse import parse_qs, unquote, urlsplit

import pika

from lienthong.errors import Finding, Misconfigured

HEARTBEAT = 15
"""Seconds. A peer that is gone without a word is noticed after two of them."""

_CONNECT_PATIENCE = 10.0
_UNACKNOWLEDGED_MS = 20_000  # how long the kernel waits for an answer to sent bytes (TCP_USER_TIMEOUT)


def parameters_of(url: str) -> pika.ConnectionParameters:
    """`amqp://user:password@host:port/vhost`, or `amqps://` for TLS.

    With TLS the server's certificate and name are always verified: against the CA file of `?cafile=`, else of the
    environment's LIENTHONG_BROKER_CA, else the system's. Raises `Misconfigured` for any other URL.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "amqps"
    try:
        port = parts.port or (5671 if secure else 5672)
    except ValueError:
        raise _misconfigured() from None
    if parts.scheme not in {"amqp", "amqps"} or not parts.hostname:
        raise _misconfigured()
    path = unquote(parts.path.removeprefix("/"))
    return pika.ConnectionParameters(
        host=parts.hostname,
        port=port,
        virtual_host=path or "/",
        credentials=pika.PlainCredentials(unquote(parts.username or "guest"), unquote(parts.password or "guest")),
        ssl_options=_tls(parts.hostname, parts.query) if secure else None,
        heartbeat=HEARTBEAT,
        blocked_connection_timeout=None,  # a blocked connection still acks; publishers have their own time-out
        socket_timeout=_CONNECT_PATIENCE,
        stack_timeout=_CONNECT_PATIENCE,
        connection_attempts=1,  # the link tries again, with jitter
        tcp_options={"TCP_USER_TIMEOUT": _UNACKNOWLEDGED_MS},
        client_properties={"connection_name": "lienthong"},
    )


def place_of(parameters: pika.ConnectionParameters) -> str:
    """Where that is, for people; no user, no password."""
    return f"{parameters.host}:{parameters.port}/{parameters.virtual_host.removeprefix('/')}"


def _misconfigured() -> Misconfigured:
    """The URL itself is not repeated: it holds a password."""
    advice = "viết amqp://người-dùng:mật-khẩu@máy:5672/vhost, hoặc amqps:// nếu dùng TLS"
    return Misconfigured([Finding("LIENTHONG_BROKER", 0, 0, "LT802", "không phải địa chỉ RabbitMQ", advice)])


def _tls(host: str, query: str) -> pika.SSLOptions:
    named = parse_qs(query).get("cafile", [os.environ.get("LIENTHONG_BROKER_CA", "")])[0]
    return pika.SSLOptions(ssl.create_default_context(cafile=named or None), host)
