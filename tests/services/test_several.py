"""`lienthong run --processes` over real servers."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from tests.command_line import ROOT
from tests.services import postgres, rabbitmq
from tests.services.ledger_check import LedgerCheck
from tests.services.processes import make_project, start_sandbox
from tests.services.stream import write_stream

EVENTS = 1_500
WAIT_SECONDS = 90.0
"""How long anything may take on a busy machine."""


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LedgerCheck]:
    """The ledger of a bus with one source, one route and one sink over live servers."""
    monkeypatch.setenv("LIENTHONG_PROJECT", str(make_project(tmp_path / "root")))
    monkeypatch.setenv("LIENTHONG_BROKER", rabbitmq.node().url())
    with postgres.fresh_database() as engine:
        url = engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv("LIENTHONG_DATABASE", url)
        database = open_database(url)
        yield LedgerCheck(database, SqlLedger(database, SystemClock()))
        database.dispose()


@contextmanager
def two_processes(data: Path, source: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A supervisor with two processes; all are killed at the end."""
    command = [sys.executable, "-m", "lienthong.cli", "run", "--processes", "2", "--data", str(data), *options]
    environment = os.environ | {"IGATE_URL": f"{source}/igate"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            for running in (*children(process), process):
                running.kill()


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children() if process.poll() is None else []


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)  # between two evaluations of the condition


def test_a_killed_process_is_started_again_and_all_stop_together(tmp_path: Path, check: LedgerCheck) -> None:
    stream = write_stream(tmp_path / "recording", random.Random(4), dossiers=EVENTS, waves=1, wave_size=EVENTS)
    with start_sandbox(stream.folder) as sandbox, two_processes(tmp_path / "data", sandbox.url) as process:
        sandbox.set_clock(stream.moments[-1])
        wait_until(lambda: check.received() >= EVENTS // 4, "a quarter of the events")
        first = children(process)
        assert len(first) == 2
        first[0].kill()
        wait_until(lambda: len(set(children(process)) - set(first)) == 1, "another is started")
        wait_until(lambda: check.received() >= EVENTS and check.nothing_in_flight(), "nothing is in flight")
        last = children(process)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=WAIT_SECONDS)
        assert process.returncode == 0, output
        assert not any(child.is_running() for child in last)
    assert "Tiến trình 1 đã kết thúc (mã -9)" in output
    assert output.count("Đã nhận") == 1, "one summary for all"
    check.assert_complete(stream)


def test_when_the_supervisor_is_killed_its_processes_stop_by_themselves(tmp_path: Path, check: LedgerCheck) -> None:
    stream = write_stream(tmp_path / "recording", random.Random(5), dossiers=50, waves=1, wave_size=50)
    check.forget_store_migrations()  # only the supervisor migrates; its processes would refuse such a database
    with start_sandbox(stream.folder) as sandbox, two_processes(tmp_path / "data", sandbox.url, "--migrate") as process:
        sandbox.set_clock(stream.moments[-1])
        wait_until(lambda: check.received() >= 50, "all events")
        running = children(process)
        process.kill()
        wait_until(lambda: not any(child.is_running() for child in running), "they stop")
