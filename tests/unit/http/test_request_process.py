"""A real process that is asked and killed: each answer that reached its caller is in the ledger, and is true."""

import json
import os
import signal
from pathlib import Path

import httpx
import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from tests.command_line import lienthong
from tests.unit.http.test_process import Serving

pytestmark = pytest.mark.slow

KILLS, ASKED = 4, 40
DOSSIER = {"procedure": "1.000656", "channel": "post", "components": [], "results": []}


def test_each_answer_of_a_process_that_is_killed_is_in_the_ledger(tmp_path: Path) -> None:
    added = lienthong(
        *("access", "client", "add", "app", "--scope", "gates", "--rate", "10000/s", "--json"),
        *("--data", tmp_path),
    )
    headers = {"Authorization": f"Bearer {json.loads(added.stdout)['key']}"}
    answered: list[str] = []
    for life in range(KILLS):
        serving = Serving(tmp_path)
        with httpx.Client(base_url=serving.address, headers=headers) as client:
            for number in range(ASKED):
                if number == ASKED - 5 - life:
                    os.kill(serving.process.pid, signal.SIGKILL)
                try:
                    reply = client.post("/v1/gates/close", json=DOSSIER | {"dossier": f"H08-{life}-{number}"})
                except httpx.TransportError:
                    break
                assert reply.status_code == 200, reply.text
                answered.append(reply.headers["lienthong-event"])
        serving.end()
    database = open_database(f"sqlite:///{tmp_path / 'lienthong.db'}")
    ledger = SqlLedger(database, SystemClock())
    assert len(set(answered)) == len(answered) >= KILLS * (ASKED - 10)
    for event_id in answered:
        received, verdict = ledger.trail(event_id)
        assert (received.verdict, verdict.turn) == ("received", 1)
    assert ledger.in_flight() == 0
    assert not ledger.balance().faults
    assert not list(ledger.verify())
    database.dispose()
