"""The key of a client is exchanged several times while it calls without a pause: no call is refused."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.command_line import lienthong
from tests.services import postgres
from tests.services.rabbitmq_steps import wait_until
from tests.serving import Serving

ROTATIONS, CALLERS = 4, 4
CALLS_BETWEEN = 25
"""Calls of each caller with a key before the next one is made."""

DOSSIER = {
    "dossier": "000.03.33.H08-240418-00729",
    "procedure": "1.000894",
    "channel": "in_person",
    "components": [],
    "results": [],
}


class Office:
    """A caller. It uses the key that it was given last, from its next call on."""

    def __init__(self, address: str, key: str) -> None:
        self.key = key
        self.statuses: Counter[int] = Counter()
        self.calls: Counter[str] = Counter()
        self._address = address
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def calls_again(self, key: str) -> None:
        """Return when it has called twice more with this key."""
        seen = self.calls[key]
        wait_until(lambda: self.calls[key] > seen + 1)

    def end(self) -> None:
        self._stop.set()
        self._thread.join(30)

    def _run(self) -> None:
        with httpx.Client(base_url=self._address, timeout=30) as client:
            while not self._stop.is_set():
                key = self.key
                reply = client.post("/v1/gates/forward", json=DOSSIER, headers={"Authorization": f"Bearer {key}"})
                self.statuses[reply.status_code] += 1
                self.calls[key] += 1


@pytest.fixture(params=["embedded", "servers"])
def variables(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    if request.param == "embedded":
        yield {}
        return
    with postgres.fresh_database() as engine:
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        yield {"LIENTHONG_DATABASE": url}


def test_no_call_is_refused_while_keys_are_exchanged(tmp_path: Path, variables: dict[str, str]) -> None:
    def act(*words: str) -> str:
        done = lienthong("access", "client", *words, "counter", "--json", "--data", tmp_path, **variables)
        assert done.returncode == 0, done.stderr
        return str(json.loads(done.stdout)["key"])

    keys = [act("add", "--scope", "gates", "--rate", "1000000/s")]
    serving = Serving(tmp_path, **variables)
    offices = [Office(serving.address, keys[0]) for _ in range(CALLERS)]
    try:
        for _ in range(ROTATIONS):
            wait_until(lambda: all(one.calls[keys[-1]] >= CALLS_BETWEEN for one in offices), 120)
            keys.append(act("rotate"))
            for office in offices:  # one after the other: both keys are used at the same time
                office.calls_again(keys[-2])
                office.key = keys[-1]
        wait_until(lambda: all(one.calls[keys[-1]] >= CALLS_BETWEEN for one in offices), 120)
        wait_until(lambda: _status(serving.address, keys[0]) == 401)  # what a third key has ended
    finally:
        for office in offices:
            office.end()
        serving.end()
    statuses = sum((office.statuses for office in offices), Counter[int]())
    print(f"{statuses.total()} calls, {ROTATIONS} rotations, {dict(statuses)}")
    assert set(statuses) == {200}


def _status(address: str, key: str) -> int:
    return httpx.get(f"{address}/v1/client", headers={"Authorization": f"Bearer {key}"}, timeout=30).status_code
