"""Which RabbitMQ servers can be used."""

import pytest

from lienthong.adapters.rabbitmq.capabilities import Server

CAPABLE = dict.fromkeys(("publisher_confirms", "basic.nack", "consumer_cancel_notify", "connection.blocked"), True)


@pytest.mark.parametrize("version", ["3.10.8", "3.13.1", "4.0.5", "4.1.0-rc.1"])
def test_servers_from_3_10_on_can_be_used(version: str) -> None:
    properties = {"product": "RabbitMQ", "version": version, "capabilities": CAPABLE}
    assert Server.from_properties(properties).problem == ""


@pytest.mark.parametrize("version", ["3.9.29", "2.8", "?"])
def test_an_older_server_is_refused_and_its_version_named(version: str) -> None:
    assert version in Server.from_properties({"version": version, "capabilities": CAPABLE}).problem


def test_a_server_without_confirms_is_refused() -> None:
    without = CAPABLE | {"publisher_confirms": False}
    assert "publisher_confirms" in Server.from_properties({"version": "3.12.0", "capabilities": without}).problem
