"""What this project assumes of httpx beyond its documentation. See lienthong/connectors/protocols/http.py."""

from lienthong.connectors.protocols.http import Http
from lienthong.connectors.protocols.http_transport import Transport


def test_a_client_verifies_certificates_and_names_and_follows_no_redirects_unless_asked_to() -> None:
    client = Http("iGate")._client
    transport = client._transport
    assert isinstance(transport, Transport)
    pool = transport._direct._pool  # httpx shows its TLS settings nowhere else
    assert pool._ssl_context.check_hostname
    assert pool._ssl_context.verify_mode.name == "CERT_REQUIRED"
    assert not client.follow_redirects
