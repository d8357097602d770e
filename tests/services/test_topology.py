"""`lienthong topology`: what must be on RabbitMQ, shown, and made where it is missing. Nothing is ever deleted."""

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


def test_a_plan_changes_nothing_and_apply_makes_what_is_missing_once(url: str) -> None:
    for _ in range(2):
        assert [(one.kind, one.name, one.state) for one in plan(url, TOPOLOGY)] == [(*n, "missing") for n in NAMES]
    assert {one.state for one in apply(url, TOPOLOGY)} == {"created"}
    assert {one.state for one in plan(url, TOPOLOGY)} == {"present"}
    assert {one.state for one in apply(url, TOPOLOGY)} == {"present"}


def test_what_was_declared_otherwise_is_told_in_the_brokers_words_and_keeps_its_messages(url: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.queue_declare("lt1.route.a", durable=True, arguments={"x-queue-type": "quorum", "x-delivery-limit": 3})
    channel.confirm_delivery()
    channel.basic_publish("", "lt1.route.a", b"kept", pika.BasicProperties(delivery_mode=2))
    connection.close()
    for act in (plan, apply):
        (told,) = [one for one in act(url, TOPOLOGY) if one.state == "different"]
        assert (told.name, told.ready) == ("lt1.route.a", 1)
        assert "x-delivery-limit" in told.words and "1000000" in told.words
    assert {one.state for one in plan(url, TOPOLOGY) if one.name != "lt1.route.a"} == {"present"}


def test_a_broker_that_does_not_answer_is_transient() -> None:
    (port,) = free_ports(1)
    with pytest.raises(Transient, match=str(port)):
        plan(f"amqp://127.0.0.1:{port}/", TOPOLOGY)


def test_the_command_shows_and_makes_the_shipped_configurations_queues(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_BROKER", url)
    before = CliRunner().invoke(app, ["topology", "plan"])
    assert before.exit_code == 1 and "chưa có" in before.output
    made = CliRunner().invoke(app, ["topology", "apply"])
    assert made.exit_code == 0 and "vừa tạo" in made.output
    after = CliRunner().invoke(app, ["topology", "plan"])
    assert after.exit_code == 0 and "chưa có" not in after.output
    assert "lt1.sink.data-store.quarantine" in after.output


def test_the_command_says_so_when_no_rabbitmq_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIENTHONG_BROKER", raising=False)
    told = CliRunner().invoke(app, ["topology", "plan"])
    assert told.exit_code == 2
    assert "LIENTHONG_BROKER" in told.output
