"""The province's bus, run once over the systems of a case, and what must hold after every case."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, select

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import bodies
from lienthong.configuration.check import examine
from lienthong.errors import Transient
from lienthong.ledger.records import DeadLetter
from lienthong.runtime.composition import build
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.runner import Runner
from lienthong.settings import Settings
from tests.command_line import ROOT
from tests.reduced_project import copy_routes

DATA = Path(__file__).with_name("data")
NOW = datetime.fromisoformat("2023-11-16T09:00:00+07:00")
"""All moments of the cases lie around the day before."""


@dataclass(frozen=True, slots=True)
class Case:
    """A folder of `data/`: see README.md there."""

    folder: Path

    @property
    def expected(self) -> Mapping[str, Any]:
        wanted: Mapping[str, Any] = yaml.safe_load((self.folder / "case.yaml").read_text(encoding="utf-8"))
        return wanted

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


def case(number: int) -> Case:
    """The case of this number."""
    (folder,) = DATA.glob(f"{number:02d}-*")
    return Case(folder)


def settings_of(project: Path, variables: Mapping[str, str]) -> Settings:
    """The configuration of a project, without its schedules; every error of `check` fails the test."""
    settings, findings = examine(project, variables)
    assert [str(finding) for finding in findings if finding.level == "error"] == []
    return replace(settings, schedules={})


class Province:
    """A bus that is polled from the test. As a context manager it starts its workers, and stops them at the end."""

    def __init__(self, settings: Settings, endpoints: Endpoints, now: datetime = NOW) -> None:
        self._clock = ReplayClock(now)
        unending = replace(settings, bus=replace(settings.bus, halt_after=10**6))
        self._bus = build(unending, endpoints, self._clock)
        self._runner = Runner(self._bus, threading.Event())
        self.notices: list[str] = []

    def __enter__(self) -> "Province":
        self._runner.__enter__()
        self._runner.recover()
        return self

    def __exit__(self, *error: Any) -> None:
        self._runner.__exit__(*error)

    def poll(self, only: str | None = None) -> Mapping[str, str]:
        """Poll every source once, or `only` this one, and work until nothing is left.

        Returns what sources did not answer, and why.
        """
        silent = {}
        for poller in self._bus.pollers:
            if only not in (None, poller.name):
                continue
            try:
                self._runner.poll(poller)
            except Transient as error:
                silent[poller.name] = str(error.why)
        self._runner.drain(self._jump)
        self.notices += map(str, self._bus.storage.notices.take())
        return silent

    def _jump(self) -> bool:
        due = self._bus.broker.next_due()
        if due is not None:
            self._clock.move_to(max(due, self._clock.now()))
        return due is not None


def poll_all(settings: Settings, endpoints: Endpoints, now: datetime = NOW) -> Mapping[str, str]:
    """Poll every source once at `now`, as `Province.poll` does."""
    with Province(settings, endpoints, now) as province:
        return province.poll()


@dataclass(frozen=True, slots=True)
class Result:
    """What the ledger holds after a run."""

    delivered: Sequence[str]
    letters: Sequence[DeadLetter]

    def check(self, good: Sequence[str], dead: object, names: Sequence[str]) -> None:
        """The good records are delivered, and the dead letters are as many as expected and name what is wrong."""
        missing = [key for key in good if not any(subject.startswith(key) for subject in self.delivered)]
        assert missing == [], (self.delivered, self.reasons())
        allowed = {"0 or 1": {0, 1}, "0 or 2": {0, 2}}.get(str(dead), {dead})
        assert len(self.letters) in allowed, self.reasons()
        for letter in self.letters:
            text = f"{letter.field} {letter.reason}"
            assert not names or any(name.split(" (")[0] in text for name in names), text

    def reasons(self) -> list[str]:
        return [f"{letter.stage}: {letter.field}: {letter.reason}" for letter in self.letters]


def result_of(database_url: str) -> Result:
    """The result of a run. The balance must be even, with nothing in flight, and the ledger must verify."""
    database = open_database(database_url)
    try:
        ledger = SqlLedger(database, ReplayClock(NOW))
        balance = ledger.balance()
        assert not balance.faults
        assert {(account.difference, account.in_flight) for account in balance.sources.values()} <= {(0, 0)}, balance
        assert list(ledger.verify()) == []
        return Result(_delivered(database, ledger), list(ledger.letters()))
    finally:
        database.dispose()


def _delivered(database: Engine, ledger: SqlLedger) -> list[str]:
    """Of the records of sources; what sinks hand back about them is left out."""
    of_sources = select(bodies.c.subject).where(~bodies.c.source.startswith("sink.")).distinct()
    with database.connect() as connection:
        subjects = connection.scalars(of_sources).all()
    return [
        subject
        for subject in subjects
        if any(entry.stage.startswith("sink.") and entry.verdict == "done" for entry in ledger.trail(subject))
    ]


def command(data: Path, *arguments: str, **environment: str) -> str:
    """What a command shows about the data of a case, errors included. It must not show a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "lienthong.cli", *arguments, "--data", str(data)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    shown = done.stdout + done.stderr
    assert done.returncode in (0, 1, 2) and "Traceback" not in shown, shown
    return shown


def log_of(data: Path) -> str:
    """Everything that was logged beside the data."""
    return "".join(file.read_text(encoding="utf-8", errors="replace") for file in (data / "logs").glob("*"))


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def files_project(folder: Path, drop: Path) -> Path:
    """The province's project with the register of civil servants as files in the folder `drop`, and no other source."""
    copy_routes(folder, "civil-servants")
    source = {"use": "connectors.sources.ccvc_files.CcvcFiles", "every": "60s"}
    source |= {"with": {"folder": str(drop), "settle": "0s"}}
    (folder / "config" / "sources" / "ccvc.yaml").write_text(yaml.safe_dump(source), encoding="utf-8")
    return folder
