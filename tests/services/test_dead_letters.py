"""Dead letters over live servers: a broken route makes them, operators handle them, the repaired route delivers."""

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
from lienthong.adapters.sql.letter_store import make_letter_store
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.edits import approve, pending_edit
from lienthong.ledger.records import Account
from store import tables
from tests.command_line import ROOT, lienthong
from tests.services import postgres, rabbitmq
from tests.services.processes import make_project, start_sandbox
from tests.services.stream import write_stream

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
    """Runs `lienthong dead …`, after a broken route has made every event a dead letter."""
    root = make_project(tmp_path / "root")
    route = yaml.safe_load((root / ROUTE).read_text("utf-8"))
    route["steps"].insert(0, {"apply": "tests.services.broken_route.reject_everything"})
    (root / ROUTE).write_text(yaml.safe_dump(route, allow_unicode=True), "utf-8")
    monkeypatch.setenv("LIENTHONG_PROJECT", str(root))

    def command(*arguments: str, code: int = 0, **environment: str) -> CompletedProcess[str]:
        result = lienthong(*arguments, "--data", tmp_path / "data", **environment)
        assert result.returncode == code, result.stdout + result.stderr
        return result

    stream = write_stream(tmp_path / "recording", random.Random(2), dossiers=EVENTS, waves=1, wave_size=EVENTS)
    assert len(stream.good) == EVENTS
    with start_sandbox(stream.folder) as sandbox:
        sandbox.set_clock(stream.moments[0])
        command("run", "--until-done", IGATE_URL=f"{sandbox.url}/igate")
    return lambda *arguments, **options: command("dead", *arguments, **options)


def test_dead_letters_are_edited_discarded_replayed_once_and_delivered(
    database: Engine, dead: Command, tmp_path: Path
) -> None:
    ledger = SqlLedger(database, SystemClock())
    assert ledger.balance().sources["igate"] == Account(received=EVENTS, dead=EVENTS)

    canary = json.loads(dead("replay", "--all", "--canary", "3", "--as", "lan", "--json", code=1).stdout)["run"]
    assert (canary["sent"], canary["died"]) == (3, 3) and "gửi thử" in canary["stopped"], "the rest is not sent"

    shutil.copy(ROOT / ROUTE, tmp_path / "root" / ROUTE)
    letters = {letter.number: letter.envelope.subject for letter in ledger.letters()}
    discarded, edited = sorted(letters)[:2]
    dead("discard", str(discarded), "--reason", "dữ liệu thử", "--as", "lan")
    change = ("--set", f'procedure.code="{PROCEDURE}.000.00.00.H08"', "--reason", "sai mã thủ tục")
    dead("edit", str(edited), *change, "--as", "lan")
    letter_store = make_letter_store(database, ledger, SystemClock())
    approve(letter_store, pending_edit(letter_store, edited), who=Actor("minh", "minh"))

    preview = json.loads(dead("replay", "--all", "--dry-run", "--json").stdout)
    assert preview["outlook"] == [{"stage": "route.igate-dossiers", "outcome": "done", "count": EVENTS - 1}]
    assert len(ledger.letters()) == EVENTS - 1, "a dry run sends nothing"

    options = ("replay", "--all", "--expect", preview["set"]["hash"], "--canary", "5", "--rate", "50/s")
    run = json.loads(dead(*options, "--as", "lan", "--json").stdout)["run"]
    assert (run["sent"], run["died"], run["waiting"], run["stopped"]) == (EVENTS - 1, 0, 0, None)
    again = json.loads(dead(*options, "--as", "lan", "--json").stdout)
    assert [earlier["sent"] for earlier in again["already"]] == [EVENTS - 1], "a second call does nothing"

    with database.connect() as connection:
        stored = dict(map(tuple, connection.execute(select(tables.dossiers.c["code", "procedure"]))))
    assert set(stored) == set(letters.values()) - {letters[discarded]}
    assert [code for code, procedure in stored.items() if procedure == PROCEDURE] == [letters[edited]]
    assert ledger.balance().sources["igate"] == Account(received=EVENTS, delivered=EVENTS - 1, dropped=1)
    assert not ledger.balance().faults
    assert list(ledger.verify()) == []
    deliveries = [e for e in ledger.trail(letters[edited]) if (e.stage, e.verdict) == ("sink.data-store", "done")]
    assert len(deliveries) == 1
