"""Processes that receive pushes and those of the bus are killed at random while a pusher repeats what was not answered.

`LIENTHONG_TEST_PUSHES=10000` pushes as many; fewer are pushed by default.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.ledger.records import Account
from tests.services import postgres, rabbitmq
from tests.services.ports import free_ports
from tests.services.push_project import Restarted, add_client, outputs, wait_until, write_project

PUSHES = int(os.environ.get("LIENTHONG_TEST_PUSHES", "300"))
PUSHERS = 8
BETWEEN_KILLS = (1, PUSHES // 10)
"""Answers between two kills."""

SHARE_AGAIN = 0.05
"""Share of the answered pushes that are pushed once more."""


@dataclass
class Pushed:
    """The pushes of one letter: how many were not answered before the first answer, and the answers."""

    unanswered: int = 0
    answers: list[tuple[bool, bool]] = field(default_factory=list)
    """Whether it was new, and whether the reply was a kept one."""


class Pusher:
    """Pushes letters to any of several addresses, each until it is answered with 200."""

    def __init__(self, ports: Sequence[int], key: str, stop: threading.Event) -> None:
        self.statuses: Counter[int] = Counter()
        self._urls = [f"http://127.0.0.1:{port}/in/office" for port in ports]
        self._headers = {"Authorization": f"Bearer {key}"}
        self._stop = stop

    def push(self, number: int) -> Pushed:
        """Every second letter has an `Idempotency-Key`."""
        chance, pushed = random.Random(number), Pushed()
        headers = self._headers | ({"Idempotency-Key": f"k{number}"} if number % 2 else {})
        times = 2 if chance.random() < SHARE_AGAIN else 1
        with httpx.Client(timeout=10) as client:
            while len(pushed.answers) < times and not self._stop.is_set():
                reply = self._post(client, chance.choice(self._urls), number, headers)
                if reply is not None and reply.status_code == 200:
                    (new,) = reply.json()
                    pushed.answers.append((new, "idempotency-replayed" in reply.headers))
                elif not pushed.answers:
                    pushed.unanswered += 1
                    self._stop.wait(0.05)
        return pushed

    def _post(self, client: httpx.Client, url: str, number: int, headers: dict[str, str]) -> httpx.Response | None:
        try:
            reply = client.post(url, json=[{"code": f"{number}"}], headers=headers)
        except httpx.TransportError:
            self.statuses[0] += 1
            return None
        self.statuses[reply.status_code] += 1
        return reply


@pytest.fixture
def database() -> Iterator[Engine]:
    """A database of a server with the durable defaults."""
    with postgres.fresh_database() as engine:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE kept_letters (code text NOT NULL)"))
        yield engine


def test_every_push_is_one_event_and_every_reply_is_true(tmp_path: Path, database: Engine) -> None:
    root = write_project(tmp_path / "project")
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment = {"LIENTHONG_DATABASE": url, "LIENTHONG_BROKER": rabbitmq.node().url()}
    key = add_client(root, environment, "--scope", "inbox:office", "--rate", "1000000/s")
    ports, stop = free_ports(2), threading.Event()
    serving = [Restarted(root, "serve", "--port", str(port), environment=environment) for port in ports]
    buses = [Restarted(root, "run", environment=environment) for _ in range(2)]
    processes, pusher, ledger = [*serving, *buses], Pusher(ports, key, stop), SqlLedger(database, SystemClock())
    try:
        wait_until(lambda: all(one.is_ready for one in processes), lambda: outputs(processes))
        with ThreadPoolExecutor(PUSHERS) as threads:
            pushing = [threads.submit(pusher.push, number) for number in range(PUSHES)]
            _kill_while(lambda: not all(one.done() for one in pushing), processes, pusher, stop)
            pushed = [one.result() for one in pushing]
        wait_until(lambda: ledger.in_flight() == 0, lambda: outputs(processes), seconds=300)
    finally:
        stop.set()
        for process in processes:
            process.end()
    print(f"{PUSHES} pushes, {sum(one.kills for one in processes)} kills, {dict(pusher.statuses)}")
    assert set(pusher.statuses) <= {0, 200, 503}
    _replies_are_true(pushed)
    _all_is_well(ledger, database)


def _kill_while(
    is_going_on: Callable[[], bool], processes: Sequence[Restarted], pusher: Pusher, stop: threading.Event
) -> None:
    """Kill one process after the other, in no order, each after a chance number of further answers."""
    chance = random.Random(13)
    due = chance.randint(*BETWEEN_KILLS)
    while is_going_on():
        stop.wait(0.01)
        if pusher.statuses[200] >= due:
            chance.choice(processes).kill()
            due = pusher.statuses[200] + chance.randint(*BETWEEN_KILLS)


def _replies_are_true(pushed: Sequence[Pushed]) -> None:
    """A letter is new in one answer; it is not known which, where one before was lost. A kept reply stays as it was."""
    for number, one in enumerate(pushed):
        (first, is_kept), *more = one.answers
        if one.unanswered == 0:
            assert (first, is_kept) == (True, False), number
        has_key = bool(number % 2)
        assert more in ([], [(first, True)] if has_key else [(False, False)]), number
        assert first or not has_key, number


def _all_is_well(ledger: SqlLedger, database: Engine) -> None:
    balance = ledger.balance()
    assert balance.faults == ()
    assert balance.sources["inbox.office"] == Account(received=PUSHES, delivered=PUSHES)
    assert list(ledger.verify()) == []
    with database.connect() as connection:
        codes = Counter(connection.scalars(text("SELECT code FROM kept_letters")))
    assert codes == Counter(str(number) for number in range(PUSHES))
