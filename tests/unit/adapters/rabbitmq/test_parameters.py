"""From a URL to connection parameters."""

import ssl

import pytest

from lienthong.adapters.rabbitmq.parameters import format_address, parse_url
from lienthong.errors import Misconfigured


def test_a_url_names_host_port_virtual_host_user_and_password() -> None:
    parameters = parse_url("amqp://tr%E1%BB%A5c:m%40t@broker.example:5673/li%C3%AAn-th%C3%B4ng")
    assert (parameters.host, parameters.port, parameters.virtual_host) == ("broker.example", 5673, "liên-thông")
    assert (parameters.credentials.username, parameters.credentials.password) == ("trục", "m@t")
    assert parameters.ssl_options is None


def test_parts_missing_in_a_url_have_the_usual_values() -> None:
    parameters = parse_url("amqp://broker")
    assert (parameters.port, parameters.virtual_host, parameters.credentials.username) == (5672, "/", "guest")
    assert parse_url("amqps://broker").port == 5671


def test_a_dead_peer_is_noticed_by_heartbeats_of_at_most_twenty_seconds_and_by_the_kernel() -> None:
    parameters = parse_url("amqp://broker")
    assert 0 < parameters.heartbeat <= 20
    assert 0 < parameters.tcp_options["TCP_USER_TIMEOUT"] <= 30_000


def test_tls_verifies_the_certificate_and_the_name() -> None:
    options = parse_url("amqps://broker.example/").ssl_options
    assert options.context.verify_mode == ssl.CERT_REQUIRED
    assert options.context.check_hostname
    assert options.server_hostname == "broker.example"


@pytest.mark.parametrize("url", ["http://broker", "amqp://", "broker:5672", "amqp://broker:port/", "amqp://u:mật@/x"])
def test_another_url_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        parse_url(url)
    assert "LT802" in str(raised.value)
    assert "mật@" not in str(raised.value)


@pytest.mark.parametrize(("language", "what"), [("vi", "địa chỉ RabbitMQ"), ("en", "the URL of a RabbitMQ server")])
def test_the_refusal_is_in_the_readers_language(language: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", language)
    with pytest.raises(Misconfigured) as raised:
        parse_url("http://broker")
    assert what in raised.value.findings[0].what


def test_an_address_has_no_user_and_no_password() -> None:
    assert format_address(parse_url("amqp://ai:gì@broker/x")) == "broker:5672/x"
