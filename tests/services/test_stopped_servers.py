"""PostgreSQL, RabbitMQ and the national portal are stopped while officers ask, and started again.

An answer comes within its time where it can be true; else 503 with `Retry-After` at once. All comes back by itself.
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url

from lienthong.adapters.sql.database import open_database
from tests.command_line import lienthong
from tests.databases import make_tables
from tests.services import postgres, rabbitmq
from tests.services.asker import asking
from tests.services.ports import free_ports
from tests.services.rabbitmq_steps import wait_until
from tests.serving import ROOT, Serving

WITHIN = 2.0
"""The time in which a check at the counter is answered; see config/requests/counter-checks.yaml."""

END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'app'"

AT_ONCE = 0.1
LOOKS = 15

CHECK = {
    "citizen_id": "052085001234",
    "procedure": "1.000656.000.00.00.H08",
    "agency": "000.00.31.H08",
    "officer": "Bùi Minh Phúc",
}


class Portal:
    """The stand-in for the national portal, in a process that can be stopped."""

    def __init__(self) -> None:
        (self._port,) = free_ports(1)
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "sandbox", "--recording", "recordings/2023-11", "--until-stdin-closes"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self._port)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        self.variables: dict[str, str] = json.loads(self.process.stdout.readline())["variables"]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@dataclass(frozen=True)
class Took:
    """A reply, and how long it took."""

    status: int
    body: Any
    retry_after: str
    seconds: float


@dataclass(frozen=True)
class Counter:
    """The officers' system, the process that answers it, and the servers that this process uses."""

    database: postgres.Cluster
    broker: rabbitmq.Node
    broker_url: str
    portal: Portal
    serving: Serving
    key: str
    client: httpx.Client

    def check(self) -> Took:
        began = time.monotonic()
        reply = self.client.post("/v1/counter-checks", json=CHECK)
        return Took(reply.status_code, reply.json(), reply.headers.get("retry-after", ""), time.monotonic() - began)

    def is_answered(self) -> bool:
        return self.check().status == 200


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    data = tmp_path_factory.mktemp("data")
    database, portal = postgres.Cluster(), Portal()
    rabbitmq.ensure_installed()
    broker = rabbitmq.Node(Path(tempfile.mkdtemp(prefix="lienthong-stopped-")))
    broker.start()
    broker_url = broker.url()
    make_tables(open_database(make_url(database.url).set(drivername="postgresql").render_as_string(False))).dispose()
    variables = {**portal.variables, "LIENTHONG_DATABASE": database.url, "LIENTHONG_BROKER": broker_url}
    words = ("access", "client", "add", "counter", "--scope", "counter-checks", "--rate", "1000000/s", "--json")
    added = lienthong(*words, "--data", data, **variables)
    assert added.returncode == 0, added.stderr
    key = json.loads(added.stdout)["key"]
    serving = Serving(data, **variables)
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=serving.address, headers=headers, timeout=30) as client:
        yield Counter(database, broker, broker_url, portal, serving, key, client)
    serving.end()
    with suppress(ProcessLookupError):
        portal.kill()
    broker.remove()
    database.remove()


def test_while_the_database_is_stopped_every_question_is_refused_at_once(counter: Counter) -> None:
    wait_until(counter.is_answered)
    counter.database.kill()
    first, refused = counter.check(), [counter.check() for _ in range(LOOKS)]
    assert {one.status for one in (first, *refused)} == {503}
    assert all(int(one.retry_after) >= 1 and one.body["code"] == "unavailable" for one in (first, *refused))
    assert first.seconds < WITHIN
    assert median(one.seconds for one in refused) < AT_ONCE
    _show("the database is stopped", [first, *refused])
    with asking(counter.broker_url, counter.key) as asker:
        reply = asker.ask("counter-checks", CHECK)
        assert (reply.status, reply.body["code"]) == (503, "unavailable")
    counter.database.start()
    wait_until(counter.is_answered)


def test_connections_that_the_database_ended_between_two_questions_cost_none(counter: Counter) -> None:
    """As after a restart, but without a moment in which something else finds the database away."""
    wait_until(counter.is_answered)
    postgres.command_server(counter.database.url, END_OTHERS)
    again = counter.check()
    assert again.status == 200 and again.seconds < WITHIN


def test_while_the_broker_is_stopped_questions_over_http_are_answered(counter: Counter) -> None:
    wait_until(counter.is_answered)
    with asking(counter.broker_url, counter.key) as asker:
        assert asker.ask("counter-checks", CHECK).status == 200
    counter.broker.kill()
    took = [counter.check() for _ in range(LOOKS)]
    assert {one.status for one in took} == {200}
    assert max(one.seconds for one in took) < WITHIN
    _show("the broker is stopped", took)
    counter.broker.start()
    with asking(counter.broker_url, counter.key) as asker:
        assert asker.ask("counter-checks", CHECK).status == 200


@pytest.mark.parametrize("how", ["killed", "silent"])
def test_while_the_portal_is_stopped_the_rest_of_the_answer_comes_in_time(counter: Counter, how: str) -> None:
    def portal_answers() -> bool:
        return bool(counter.check().body.get("portal_account") in ("found", "none"))

    wait_until(portal_answers)
    if how == "killed":
        counter.portal.kill()
    else:
        counter.portal.process.send_signal(signal.SIGSTOP)
    took = [counter.check() for _ in range(LOOKS)]
    assert {(one.status, one.body["portal_account"]) for one in took} == {(200, "unknown")}
    assert max(one.seconds for one in took) < WITHIN
    assert median(one.seconds for one in took) < AT_ONCE
    _show(f"the portal is {how}", took)
    if how == "killed":
        counter.portal.start()
    else:
        counter.portal.process.send_signal(signal.SIGCONT)
    wait_until(portal_answers)


def _show(what: str, took: list[Took]) -> None:
    first, middle, last = took[0].seconds, median(one.seconds for one in took), max(one.seconds for one in took)
    print(f"{what}: first {first * 1000:.0f} ms, median {middle * 1000:.0f} ms, max {last * 1000:.0f} ms")
