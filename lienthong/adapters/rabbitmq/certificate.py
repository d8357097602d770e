"""The certificate of a broker that is reached over TLS."""

import socket
import ssl
from datetime import UTC, datetime

from lienthong.adapters.rabbitmq.parameters import parse_url

TIMEOUT_SECONDS = 10


def certificate_end(url: str) -> datetime:
    """The instant (UTC) until which the broker's certificate is valid.

    Raises `ssl.SSLCertVerificationError` when it is not trusted, OSError when the broker does not answer, and
    `Misconfigured` for a malformed URL.
    """
    parameters = parse_url(url)
    with (
        socket.create_connection((parameters.host, parameters.port), timeout=TIMEOUT_SECONDS) as plain,
        parameters.ssl_options.context.wrap_socket(plain, server_hostname=parameters.host) as secured,
    ):
        certificate = secured.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
