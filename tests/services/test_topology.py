"""`lienthong topology`: shows what must exist on RabbitMQ and creates what is missing. Nothing is ever deleted."""

from datetime import timedelta

import pika
import pytest
from typer.testing import CliRunner

from lienthong.adapters.rabbitmq.topology_plan import apply, plan
from lienthong.cli.app import app
from lienthong.errors import Transient
from lienthong.topology import Topology
from tests.services import rabbitmq
from tests.services.ports import free_ports

TOPOLOGY = Topology(["route.a"], ["route.a.quarantine"], [timedelta(seconds=5)])
NAMES = [
    ("exchange", "lienthong.events"),
    ("queue", "lt1.route.a"),
    ("queue", "lt1.route.a.quarantine"),
    ("queue", "lt1.unreadable"),
    ("exchange", "lt1.delay.5s"),
    ("queue", "lt1.delay.5s"),
]


@pytest.fixture
def url() -> str:
    return rabbitmq.node().url()


def test_a_plan_changes_nothing_and_apply_creates_what_is_missing_once(url: str) -> None:
    for _ in range(2):
        assert [(status.kind, status.name, status.state) for status in plan(url, TOPOLOGY)] == [
            (*n, "missing") for n in NAMES
        ]
    assert {status.state for status in apply(url, TOPOLOGY)} == {"created"}
    assert {status.state for status in plan(url, TOPOLOGY)} == {"present"}
    assert {status.state for status in apply(url, TOPOLOGY)} == {"present"}


def test_a_queue_declared_differently_is_reported_with_the_brokers_text_and_keeps_its_messages(url: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.queue_declare("lt1.route.a", durable=True, arguments={"x-queue-type": "quorum", "x-delivery-limit": 3})
    channel.confirm_delivery()
    channel.basic_publish("", "lt1.route.a", b"kept", pika.BasicProperties(delivery_mode=2))
    connection.close()
    for act in (plan, apply):
        (different,) = [status for status in act(url, TOPOLOGY) if status.state == "different"]
        assert (different.name, different.ready) == ("lt1.route.a", 1)
        assert "x-delivery-limit" in different.difference and "1000000" in different.difference
    assert {status.state for status in plan(url, TOPOLOGY) if status.name != "lt1.route.a"} == {"present"}


def test_a_broker_that_does_not_answer_is_transient() -> None:
    (port,) = free_ports(1)
    with pytest.raises(Transient, match=str(port)):
        plan(f"amqp://127.0.0.1:{port}/", TOPOLOGY)


def test_the_command_shows_and_creates_the_shipped_configurations_queues(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_BROKER", url)
    before = CliRunner().invoke(app, ["topology", "plan"])
    assert before.exit_code == 1 and "chưa có" in before.output
    applied = CliRunner().invoke(app, ["topology", "apply"])
    assert applied.exit_code == 0 and "vừa tạo" in applied.output
    after = CliRunner().invoke(app, ["topology", "plan"])
    assert after.exit_code == 0 and "chưa có" not in after.output
    assert "lt1.sink.data-store.quarantine" in after.output


def test_without_a_rabbitmq_url_the_command_names_the_variable_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIENTHONG_BROKER", raising=False)
    result = CliRunner().invoke(app, ["topology", "plan"])
    assert result.exit_code == 2
    assert "LIENTHONG_BROKER" in result.output
