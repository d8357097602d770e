"""What operators ask of live servers: `lienthong doctor` and `lienthong queues`."""

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.rabbitmq.broker import REPLY_TIMEOUT, RabbitBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle
from lienthong.errors import Misconfigured
from lienthong.ledger.records import Entry
from lienthong.operations.health import examine_health
from lienthong.operations.health_items import HealthItem, Installation
from lienthong.runtime.project import open_project
from lienthong.topology import make_topology
from tests.command_line import lienthong
from tests.events import event
from tests.services import certificates, postgres, rabbitmq
from tests.services.processes import make_project

ROUTE, SINK = "route.igate-dossiers", "sink.data-store"
PROMPT = 3.0
"""Seconds within which a wrong password is reported."""


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration of one source, one route and one sink: few queues are soon made."""
    monkeypatch.setenv("LIENTHONG_PROJECT", str(make_project(tmp_path / "root")))


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> str:
    found = rabbitmq.node().url()
    monkeypatch.setenv("LIENTHONG_BROKER", found)
    return found


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with postgres.fresh_database() as engine:
        url = engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv("LIENTHONG_DATABASE", url)
        yield url


def examined(data: Path, broker: str = "memory://", database: str = "") -> Mapping[str, list[HealthItem]]:
    """The doctor's items by topic."""
    items: dict[str, list[HealthItem]] = {}
    installation = Installation(open_project().folder, os.environ, data, broker=broker, database=database)
    for item in examine_health(installation):
        items.setdefault(item.topic, []).append(item)
    return items


def test_the_doctor_names_both_servers_their_clock_and_what_queues_are_missing(
    url: str, database: str, tmp_path: Path
) -> None:
    before = examined(tmp_path, url, database)
    server, queues = before["Hàng đợi"]
    assert server.state == "ok" and server.found.startswith("RabbitMQ ") and server.found[-1].isdigit()
    assert queues.state == "warn" and f"lt1.{ROUTE}" in queues.found and "topology" in queues.advice
    assert [(line.state, line.found.split()[0]) for line in before["Cơ sở dữ liệu"]] == [("ok", "PostgreSQL")]
    assert before["Đồng hồ"][0].state == "ok"
    assert before["Ổ đĩa"][0].state in {"ok", "warn"} and "GB trống" in before["Ổ đĩa"][0].found
    broker = RabbitBroker(url)
    broker.declare(make_topology(open_project().settings()).queues, make_topology(open_project().settings()).rungs)
    broker.close()
    assert [line.state for line in examined(tmp_path, url, database)["Hàng đợi"]] == ["ok"]


def test_a_disk_that_is_nearly_full_or_cannot_be_written_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nearly = SimpleNamespace(total=100 * 10**9, used=96 * 10**9, free=4 * 10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: nearly)
    (line,) = examined(tmp_path)["Ổ đĩa"]
    assert line.state == "warn" and "96%" in line.found and "4,0 GB" in line.found and "thêm chỗ" in line.advice
    monkeypatch.setattr(os, "access", lambda *_: False)
    (line,) = examined(tmp_path)["Ổ đĩa"]
    assert line.state == "fail" and "quyền ghi" in line.advice


def test_a_certificate_is_fine_ends_soon_or_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = rabbitmq.node()
    monkeypatch.setenv("LIENTHONG_BROKER_CA", str(node.certificate))
    url = f"amqps://guest:guest@localhost:{node.tls_port}/"
    kept = node.certificate.read_bytes()
    found = {}
    try:
        for days in (90, 5, -1):
            ends = datetime.now(UTC) + timedelta(days=days, hours=1)
            certificates.sign(node.certificate, node.folder / "key.pem", ends)
            (found[days],) = examined(tmp_path, url)["Chứng thư"]
    finally:
        node.certificate.write_bytes(kept)
    assert found[90].state == "ok" and "còn 90 ngày" in found[90].found
    assert found[5].state == "warn" and "còn 5 ngày" in found[5].found and "xin cấp" in found[5].advice
    assert found[-1].state == "fail" and "hết hạn" in found[-1].found and found[-1].advice


def test_a_certificate_that_is_not_trusted_is_reported_with_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIENTHONG_BROKER_CA", raising=False)
    (line,) = examined(tmp_path, f"amqps://localhost:{rabbitmq.node().tls_port}/")["Chứng thư"]
    assert line.state == "fail" and "LIENTHONG_BROKER_CA" in line.advice


def test_a_wrong_password_or_vhost_is_reported_at_once_with_what_to_change(
    url: str, database: str, tmp_path: Path
) -> None:
    for wrong, code, advice in (
        (url.replace("guest:guest", "guest:bí-mật"), "LT803", "LIENTHONG_BROKER"),
        (f"{url}-nowhere", "LT804", "add_vhost"),
    ):
        began = time.monotonic()
        (line,) = examined(tmp_path, wrong, database)["Hàng đợi"]
        assert line.state == "fail" and advice in line.advice and "bí-mật" not in line.found + line.advice
        broker = RabbitBroker(wrong)
        with pytest.raises(Misconfigured, match=code):
            broker.declare(["route.a"], ())
        assert time.monotonic() - began < PROMPT
        broker.close()


@pytest.mark.usefixtures("database")
def test_run_ends_at_once_when_the_password_is_wrong(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_BROKER", url.replace("guest:guest", "guest:sai"))
    began = time.monotonic()
    done = lienthong("run", "--data", tmp_path)
    assert done.returncode == 1 and "LT803" in done.stderr and "mật khẩu" in done.stderr
    assert time.monotonic() - began < REPLY_TIMEOUT.total_seconds(), "it did not wait for a broker that had answered"


def test_a_database_that_refuses_the_login_is_reported_with_what_to_look_at(database: str, tmp_path: Path) -> None:
    (line,) = examined(tmp_path, database=database.replace("//app@", "//ai@"))["Cơ sở dữ liệu"]
    assert line.state == "fail" and "LIENTHONG_DATABASE" in line.advice


def test_queues_show_open_work_its_age_its_consumers_and_what_waits_on_which_rung(
    url: str, database: str, tmp_path: Path
) -> None:
    clock = SystemClock()
    engine = postgres.open_database(database)
    ledger, broker = SqlLedger(engine, clock), RabbitBroker(url)
    topology = make_topology(open_project().settings())
    broker.declare(topology.queues, topology.rungs)
    events = [event(f"hồ sơ {number}") for number in range(10)]

    def entry(verdict: str, number: int, stage: str, to: tuple[str, ...] = ()) -> Entry:
        one = events[number]
        return Entry(one.id, one.source, one.subject, one.received_at, stage, 0, verdict, "", to)  # type: ignore[arg-type]  # a verdict by its word

    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=(ROUTE,), cursor={})
        transaction.record([entry("done", number, ROUTE, (SINK,)) for number in range(4)])
        transaction.record([entry("done", 0, SINK), entry("later", 1, SINK)])
    broker.publish([Bundle(ROUTE, tuple(events[4:]))])
    broker.publish([Bundle(SINK, (events[1],), 1, 2, topology.rungs[-1])])
    consumer = broker.consume(SINK)
    deadline = time.monotonic() + 15
    while not broker.depths()[f"lt1.{SINK}"].consumers:
        assert time.monotonic() < deadline

    answer = lienthong("queues", "--json", "--data", tmp_path)
    assert answer.returncode == 1, "something waits that no process serves"
    overview = json.loads(answer.stdout)
    counted = ("open", "waiting", "oldest", "done_in_5_minutes", "consumers")
    stages = {one["stage"]: {name: one[name] for name in counted} for one in overview["stages"]}
    oldest = min(one.received_at for one in events).isoformat()
    assert stages == {
        ROUTE: {"open": 6, "waiting": 0, "oldest": oldest, "done_in_5_minutes": 4, "consumers": 0},
        SINK: {"open": 3, "waiting": 1, "oldest": oldest, "done_in_5_minutes": 1, "consumers": 1},
    }
    ready = {name: one["bundles"] for name, one in overview["broker"].items() if one["bundles"]}
    assert len(ready) == 2 and ready[ROUTE] == 1, "what is ready, and what waits on a rung"
    (rung,) = set(ready) - {ROUTE}

    shown = lienthong("queues", "--data", tmp_path)
    assert shown.returncode == 1, "something waits that no process serves"
    assert f"Không ai phục vụ {ROUTE}" in shown.stdout and f"{rung}: 1 bó" in shown.stdout
    consumer.close()
    broker.close()
    engine.dispose()
