"""Recordings to run: the month that ships with the project, and small ones cut from it."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.runtime.endpoints import Endpoints
from tests.command_line import ROOT, lienthong

MONTH = ROOT / "recordings" / "2023-11"
FILES = ("igate/dossiers.jsonl", "ccvc/records.jsonl", "vneid/accounts.jsonl", "dvcqg/dossiers.jsonl")


def run_recording(recording: Path, data: Path, out: Path) -> CompletedProcess[str]:
    """Run a recording to its end, on the servers that the test's environment names. A failure fails the test."""
    servers = {"--broker": "LIENTHONG_BROKER", "--database": "LIENTHONG_DATABASE"}
    named = [word for option, name in servers.items() if name in os.environ for word in (option, os.environ[name])]
    result = lienthong("run", "--recording", recording, "--until-done", "--data", data, "--out", out, *named)
    assert result.returncode == 0, result.stdout + result.stderr
    return result


def read_report(out: Path, name: str) -> Any:
    """One of the JSON files that a run wrote."""
    return json.loads((out / f"{name}.json").read_text(encoding="utf-8"))


def read_answers(out: Path, month: str = "2023-11") -> Mapping[str, Any]:
    """The results of a run, in the form of `answers.json`, which states nothing by the tree of organisations."""
    filings, activation = read_report(out, f"paper-filings-{month}"), read_report(out, f"vneid-activation-{month}")
    return {
        "paper_filings": {name: filings[name] for name in ("period", "total", "cases", "by_staff_agency")},
        "vneid_activation": {name: activation[name] for name in ("as_at", "by_agency")},
        "indicators": read_report(out, f"indicators-{month}")["indicators"],
        "igate": read_report(out, "balance")["sources"]["igate"],
    }


def assert_balanced(data: Path, *, empty: bool = False) -> None:
    """The ledger's balance has no difference and its hash chain verifies. It has entries unless `empty`."""
    database = open_database(Endpoints(data, database=os.environ.get("LIENTHONG_DATABASE", "")).database_url())
    ledger = SqlLedger(database, SystemClock())
    balance = ledger.balance()
    assert bool(balance.sources) is not empty
    assert not balance.faults
    assert {account.difference for account in balance.sources.values()} <= {0}
    assert list(ledger.verify()) == []
    database.dispose()


def empty_recording(folder: Path, first: str = "2023-11-01", end: str = "2023-12-01") -> Path:
    """A recording without lines."""
    folder.mkdir()
    head = {"name": folder.name, "from": first, "to": end, "timezone": "+07:00"}
    (folder / "recording.json").write_text(json.dumps(head), encoding="utf-8")
    return folder


Cut = Callable[..., Path]


@pytest.fixture
def cut(tmp_path: Path) -> Cut:
    """Makes a small recording: the lines of the month seen in [first, end), after `change` (file, lines) → lines.

    Civil servants and accounts are kept whole: dossiers refer to them.
    """

    def write(name: str, first: str, end: str, *, change: Callable[[str, list[Any]], list[Any]] | None = None) -> Path:
        folder = tmp_path / name
        for file in FILES:
            lines = [json.loads(line) for line in (MONTH / file).read_text(encoding="utf-8").splitlines()]
            reference = file.startswith(("ccvc", "vneid"))
            lines = [line for line in lines if reference or first <= line["seen_at"][:10] < end]
            lines = change(file, lines) if change else lines
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            (folder / file).write_text(text, encoding="utf-8")
        (folder / "recording.json").write_text((MONTH / "recording.json").read_text(encoding="utf-8"), encoding="utf-8")
        return folder

    return write
