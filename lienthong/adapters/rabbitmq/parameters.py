"""Connection parameters from a URL: every wait is bounded, and TLS verifies the server."""

import os
import ssl
from urllib.parse import parse_qs, unquote, urlsplit

import pika

from lienthong.errors import Finding, Misconfigured
from lienthong.messages import message

HEARTBEAT_SECONDS = 15
"""A peer that vanished without closing the connection is noticed after two missed heartbeats."""

_CONNECT_TIMEOUT_SECONDS = 10.0
_UNACKNOWLEDGED_MS = 20_000  # how long the kernel waits for an acknowledgement of sent bytes (TCP_USER_TIMEOUT)


def parse_url(url: str) -> pika.ConnectionParameters:
    """Parse `amqp://user:password@host:port/vhost`, or `amqps://` for TLS.

    With TLS the server's certificate and name are always verified: against the CA file of `?cafile=`, else of the
    environment's LIENTHONG_BROKER_CA, else the system's. Raises `Misconfigured` for any other URL.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "amqps"
    try:
        port = parts.port or (5671 if secure else 5672)
    except ValueError:
        raise _not_a_broker_url() from None
    if parts.scheme not in {"amqp", "amqps"} or not parts.hostname:
        raise _not_a_broker_url()
    path = unquote(parts.path.removeprefix("/"))
    return pika.ConnectionParameters(
        host=parts.hostname,
        port=port,
        virtual_host=path or "/",
        credentials=pika.PlainCredentials(unquote(parts.username or "guest"), unquote(parts.password or "guest")),
        ssl_options=_tls(parts.hostname, parts.query) if secure else None,
        heartbeat=HEARTBEAT_SECONDS,
        blocked_connection_timeout=None,  # a blocked connection still acks; a publish has its own timeout
        socket_timeout=_CONNECT_TIMEOUT_SECONDS,
        stack_timeout=_CONNECT_TIMEOUT_SECONDS,
        connection_attempts=1,  # `ReconnectingConnection` tries again, with jitter
        tcp_options={"TCP_USER_TIMEOUT": _UNACKNOWLEDGED_MS},
        client_properties={"connection_name": "lienthong"},
    )


def format_address(parameters: pika.ConnectionParameters) -> str:
    """`host:port/vhost`, for messages: without user and password."""
    return f"{parameters.host}:{parameters.port}/{parameters.virtual_host.removeprefix('/')}"


def _not_a_broker_url() -> Misconfigured:
    """The URL itself is not repeated: it holds a password."""
    return Misconfigured(
        [
            Finding(
                "LIENTHONG_BROKER",
                0,
                0,
                "LT802",
                message("this is not the URL of a RabbitMQ server"),
                message("write `amqp://user:password@host:5672/vhost`, or `amqps://` for TLS"),
            )
        ]
    )


def _tls(host: str, query: str) -> pika.SSLOptions:
    ca_file = parse_qs(query).get("cafile", [os.environ.get("LIENTHONG_BROKER_CA", "")])[0]
    return pika.SSLOptions(ssl.create_default_context(cafile=ca_file or None), host)
