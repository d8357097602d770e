"""From a URL to a connection, and what a server must be able to do."""

import inspect
import ssl

import pytest
from pika.adapters.utils.io_services_utils import _AsyncTransportBase
from pika.exceptions import (
    AMQPConnectionError,
    ConnectionClosedByBroker,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
    StreamLostError,
)

from lienthong.adapters.rabbitmq.access_errors import refusal
from lienthong.adapters.rabbitmq.capabilities import Server
from lienthong.adapters.rabbitmq.connection import READ_AT_ONCE
from lienthong.adapters.rabbitmq.parameters import parameters_of, place_of
from lienthong.errors import Misconfigured

CAPABLE = dict.fromkeys(("publisher_confirms", "basic.nack", "consumer_cancel_notify", "connection.blocked"), True)


def test_a_url_names_host_port_vhost_and_who_we_are() -> None:
    made = parameters_of("amqp://tr%E1%BB%A5c:m%40t@broker.example:5673/li%C3%AAn-th%C3%B4ng")
    assert (made.host, made.port, made.virtual_host) == ("broker.example", 5673, "liên-thông")
    assert (made.credentials.username, made.credentials.password) == ("trục", "m@t")
    assert made.ssl_options is None


def test_what_a_url_leaves_out_has_the_usual_values() -> None:
    made = parameters_of("amqp://broker")
    assert (made.port, made.virtual_host, made.credentials.username) == (5672, "/", "guest")
    assert parameters_of("amqps://broker").port == 5671


def test_a_dead_peer_is_noticed_by_heartbeats_of_at_most_twenty_seconds_and_by_the_kernel() -> None:
    made = parameters_of("amqp://broker")
    assert 0 < made.heartbeat <= 20
    assert 0 < made.tcp_options["TCP_USER_TIMEOUT"] <= 30_000


def test_tls_verifies_the_certificate_and_the_name() -> None:
    options = parameters_of("amqps://broker.example/").ssl_options
    assert options.context.verify_mode == ssl.CERT_REQUIRED
    assert options.context.check_hostname
    assert options.server_hostname == "broker.example"


@pytest.mark.parametrize("url", ["http://broker", "amqp://", "broker:5672", "amqp://broker:port/", "amqp://u:mật@/x"])
def test_what_is_no_url_of_a_broker_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        parameters_of(url)
    assert "LT802" in str(raised.value)
    assert "mật@" not in str(raised.value)


def test_a_place_is_named_without_user_and_password() -> None:
    assert place_of(parameters_of("amqp://ai:gì@broker/x")) == "broker:5672/x"


@pytest.mark.parametrize("version", ["3.10.8", "3.13.1", "4.0.5", "4.1.0-rc.1"])
def test_servers_from_3_10_on_will_do(version: str) -> None:
    assert Server.of({"product": "RabbitMQ", "version": version, "capabilities": CAPABLE}).unfit == ""


@pytest.mark.parametrize("version", ["3.9.29", "2.8", "?"])
def test_an_older_server_is_refused_and_its_version_named(version: str) -> None:
    assert version in Server.of({"version": version, "capabilities": CAPABLE}).unfit


def test_a_server_without_confirms_is_refused() -> None:
    lacking = CAPABLE | {"publisher_confirms": False}
    assert "publisher_confirms" in Server.of({"version": "3.12.0", "capabilities": lacking}).unfit


NO_LOGIN = repr(ConnectionClosedByBroker(403, "ACCESS_REFUSED - Login was refused using PLAIN"))
NO_VHOST = repr(ConnectionClosedByBroker(530, "NOT_ALLOWED - vhost x not found"))
NO_RIGHT = repr(ConnectionClosedByBroker(530, "NOT_ALLOWED - access to vhost 'x' refused for user 'guest'"))
FULL = f"{NO_RIGHT[:-2]}: connection limit (5) is reached')"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProbableAuthenticationError(NO_LOGIN), "LT803"),
        (AMQPConnectionError(ProbableAuthenticationError(NO_LOGIN)), "LT803"),
        (ProbableAccessDeniedError(NO_VHOST), "LT804"),
        (ProbableAccessDeniedError(NO_RIGHT), "LT804"),
    ],
)
def test_a_brokers_no_says_what_to_change(error: Exception, code: str) -> None:
    found = refusal(error, "broker:5672/x")
    assert found is not None and (found.code, found.file) == (code, "amqp://broker:5672/x")
    assert "LIENTHONG_BROKER" in found.advice


@pytest.mark.parametrize(
    "error",
    [
        ProbableAuthenticationError(repr(StreamLostError("reset by peer"))),
        ProbableAccessDeniedError(FULL),
        ConnectionClosedByBroker(320, "CONNECTION_FORCED - broker forced connection closure"),
        ConnectionRefusedError(111, "refused"),
    ],
)
def test_a_trouble_that_may_pass_is_no_refusal(error: Exception) -> None:
    assert refusal(error, "broker:5672/x") is None


def test_pika_reads_as_much_at_once_as_the_attribute_we_set_says() -> None:
    assert _AsyncTransportBase._MAX_RECV_BYTES < READ_AT_ONCE
    assert "self._MAX_RECV_BYTES" in inspect.getsource(_AsyncTransportBase._consume)
