"""Dead letters over live servers: a broken version makes them, operators work on them, the repaired one delivers."""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml
from sqlalchemy import Engine, select

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.ledger.records import Account
from store import tables
from tests.chaos import stream
from tests.chaos.fleet import ROOT, configured, outside
from tests.recording.conftest import lienthong
from tests.services import postgres, rabbitmq

EVENTS = 30
PROCEDURE = "1.009999"
ROUTE = "routes/igate-dossiers.yaml"

Command = Callable[..., CompletedProcess[str]]


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    with postgres.fresh_database() as engine:
        monkeypatch.setenv("LIENTHONG_DATABASE", engine.url.render_as_string(hide_password=False))
        monkeypatch.setenv("LIENTHONG_BROKER", rabbitmq.fresh_url())
        yield engine


@pytest.fixture
def dead(database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`lienthong dead …`, after a broken version has made a letter of every event."""
    root = configured(tmp_path / "root")
    route = yaml.safe_load((root / ROUTE).read_text("utf-8"))
    route["steps"].insert(0, {"apply": "tests.services.broken.rejects_everything"})
    (root / ROUTE).write_text(yaml.safe_dump(route, allow_unicode=True), "utf-8")
    monkeypatch.setenv("LIENTHONG_PROJECT", str(root))

    def command(*words: str, code: int = 0, **environment: str) -> CompletedProcess[str]:
        done = lienthong(*words, "--data", tmp_path / "data", **environment)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    made = stream.make(tmp_path / "recording", random.Random(2), dossiers=EVENTS, waves=1, wave_size=EVENTS)
    assert len(made.good) == EVENTS
    with outside(made.folder) as sandbox:
        sandbox.show(made.moments[0])
        command("run", "--until-done", IGATE_URL=f"{sandbox.url}/igate")
    return lambda *words, **more: command("dead", *words, **more)


def test_letters_are_edited_discarded_and_replayed_once_and_arrive_in_the_store(
    database: Engine, dead: Command, tmp_path: Path
) -> None:
    ledger = SqlLedger(database, SystemClock())
    assert ledger.balance().sources["igate"] == Account(received=EVENTS, dead=EVENTS)

    died = json.loads(dead("replay", "--all", "--canary", "3", "--as", "lan", "--json", code=1).stdout)["run"]
    assert (died["sent"], died["died"]) == (3, 3) and "gửi thử" in died["stopped"], "the others are kept back"

    shutil.copy(ROOT / ROUTE, tmp_path / "root" / ROUTE)
    letters = {letter.number: letter.envelope.subject for letter in ledger.letters()}
    given_up, edited = sorted(letters)[:2]
    dead("discard", str(given_up), "--reason", "dữ liệu thử", "--as", "lan")
    change = ("--set", f'procedure.code="{PROCEDURE}.000.00.00.H08"', "--reason", "sai mã thủ tục")
    dead("edit", str(edited), *change, "--as", "lan")
    dead("approve", str(edited), "--as", "minh")

    rehearsed = json.loads(dead("replay", "--all", "--dry-run", "--json").stdout)
    assert rehearsed["outlook"] == [{"stage": "route.igate-dossiers", "outcome": "done", "count": EVENTS - 1}]
    assert len(ledger.letters()) == EVENTS - 1, "a dry run sends nothing"

    careful = ("replay", "--all", "--expect", rehearsed["set"]["hash"], "--canary", "5", "--rate", "50/s")
    run = json.loads(dead(*careful, "--as", "lan", "--json").stdout)["run"]
    assert (run["sent"], run["died"], run["waiting"], run["stopped"]) == (EVENTS - 1, 0, 0, None)
    again = json.loads(dead(*careful, "--as", "lan", "--json").stdout)
    assert [one["sent"] for one in again["already"]] == [EVENTS - 1], "a second call does nothing"

    with database.connect() as connection:
        stored = dict(map(tuple, connection.execute(select(tables.dossiers.c["code", "procedure"]))))
    assert set(stored) == set(letters.values()) - {letters[given_up]}
    assert [code for code, procedure in stored.items() if procedure == PROCEDURE] == [letters[edited]]
    assert ledger.balance().sources["igate"] == Account(received=EVENTS, delivered=EVENTS - 1, dropped=1)
    assert not ledger.balance().faults
    assert list(ledger.verify()) == []
    deliveries = [e for e in ledger.trail(letters[edited]) if (e.stage, e.verdict) == ("sink.data-store", "done")]
    assert len(deliveries) == 1
