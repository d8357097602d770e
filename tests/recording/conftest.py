"""Recordings to play: the month that ships with the project, and small ones cut from it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.runtime.endpoints import Endpoints

ROOT = Path(__file__).parents[2]
MONTH = ROOT / "recordings" / "2023-11"
FILES = ("igate/dossiers.jsonl", "ccvc/records.jsonl", "vneid/accounts.jsonl", "dvcqg/dossiers.jsonl")


def lienthong(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would, in a separate process."""
    return subprocess.run(
        [sys.executable, "-m", "lienthong.cli", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def play(recording: Path, data: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Play a recording to its end; anything but success fails the test with the output."""
    done = lienthong("run", "--recording", recording, "--until-done", "--data", data, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def payload(out: Path, name: str) -> Any:
    """One of the JSON files that a run wrote."""
    return json.loads((out / f"{name}.json").read_text(encoding="utf-8"))


def answers(out: Path, month: str = "2023-11") -> Mapping[str, Any]:
    """The results of a run, in the form of `answers.json`."""
    return {
        "paper_filings": payload(out, f"paper-filings-{month}"),
        "vneid_activation": payload(out, f"vneid-activation-{month}"),
        "indicators": payload(out, f"indicators-{month}")["indicators"],
        "igate": payload(out, "balance")["sources"]["igate"],
    }


def balanced(data: Path, *, silent: bool = False) -> None:
    """The ledger adds up and is verified; it has events, unless the sources were `silent`."""
    database = open_database(Endpoints(data, database=os.environ.get("LIENTHONG_DATABASE", "")).database_url())
    ledger = SqlLedger(database, SystemClock())
    balance = ledger.balance()
    assert bool(balance.sources) is not silent
    assert not balance.faults
    assert {account.difference for account in balance.sources.values()} <= {0}
    assert list(ledger.verify()) == []
    database.dispose()


Cut = Callable[..., Path]


@pytest.fixture
def cut(tmp_path: Path) -> Cut:
    """A small recording: the lines of the month seen in [first, last), with the lines that `change` makes of them."""

    def make(name: str, first: str, last: str, *, change: Callable[[str, list[Any]], list[Any]] | None = None) -> Path:
        folder = tmp_path / name
        for file in FILES:
            lines = [json.loads(line) for line in (MONTH / file).read_text(encoding="utf-8").splitlines()]
            reference = file.startswith(("ccvc", "vneid"))
            lines = [line for line in lines if reference or first <= line["seen_at"][:10] < last]
            lines = change(file, lines) if change else lines
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            (folder / file).write_text(text, encoding="utf-8")
        (folder / "recording.json").write_text((MONTH / "recording.json").read_text(encoding="utf-8"), encoding="utf-8")
        return folder

    return make
