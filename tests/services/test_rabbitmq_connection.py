"""Connecting to RabbitMQ: addresses, TLS, and the size of reads."""

import pytest

from lienthong.adapters.rabbitmq.connection import READ_SIZE_BYTES
from lienthong.errors import Transient
from tests.services import rabbitmq
from tests.services.ports import free_ports
from tests.services.rabbitmq_steps import SOON, bundle, open_broker, wait_until


@pytest.fixture
def url() -> str:
    return rabbitmq.node().url()


def test_both_connections_read_as_many_bytes_in_one_call_as_configured(url: str) -> None:
    with open_broker(url) as broker:
        for connection in (broker._consuming.connection, broker._outbox.shared.connection):
            wait_until(lambda connection=connection: connection._connection is not None)
            assert connection._connection._transport._MAX_RECV_BYTES == READ_SIZE_BYTES


def test_a_missing_broker_is_transient_and_its_address_is_named_without_the_password() -> None:
    (port,) = free_ports(1)
    with pytest.raises(Transient) as raised, open_broker(f"amqp://nguoi:mat-khau@127.0.0.1:{port}/", reply_seconds=0.5):
        pass
    assert f"127.0.0.1:{port}" in raised.value.why
    assert "mat-khau" not in raised.value.why


def tls_url(url: str, host: str) -> str:
    node = rabbitmq.node()
    return url.replace(f"amqp://guest:guest@127.0.0.1:{node.port}", f"amqps://guest:guest@{host}:{node.tls_port}")


def test_with_tls_a_certificate_of_an_unknown_authority_is_refused(url: str) -> None:
    with (
        pytest.raises(Transient, match="certificate verify failed"),
        open_broker(tls_url(url, "localhost"), reply_seconds=2.0),
    ):
        pass


def test_with_tls_a_trusted_certificate_of_another_host_is_refused(url: str) -> None:
    elsewhere = f"{tls_url(url, '127.0.0.1')}?cafile={rabbitmq.node().certificate}"
    with pytest.raises(Transient, match="certificate is not valid"), open_broker(elsewhere, reply_seconds=2.0):
        pass


def test_with_tls_and_a_trusted_certificate_bundles_go_through(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = str(rabbitmq.node().certificate)
    with open_broker(f"{tls_url(url, 'localhost')}?cafile={certificate}") as broker:
        broker.publish([bundle("một")])
    monkeypatch.setenv("LIENTHONG_BROKER_CA", certificate)
    with open_broker(tls_url(url, "localhost")) as broker:
        assert broker.consume("route.a").next(SOON) is not None
