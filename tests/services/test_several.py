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
from tests.chaos import stream
from tests.chaos.books import Storage
from tests.chaos.fleet import configured, outside
from tests.recording.conftest import ROOT
from tests.services import postgres, rabbitmq

EVENTS, PATIENCE = 1_500, 90.0


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """The books of a bus of one source, one route and one sink over live servers."""
    monkeypatch.setenv("LIENTHONG_PROJECT", str(configured(tmp_path / "root")))
    monkeypatch.setenv("LIENTHONG_BROKER", rabbitmq.node().url())
    with postgres.fresh_database() as engine:
        url = engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv("LIENTHONG_DATABASE", url)
        database = open_database(url)
        yield Storage(database, SqlLedger(database, SystemClock()))
        database.dispose()


@contextmanager
def two(data: Path, source: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """One that watches two, killed at the end whatever happens."""
    command = [sys.executable, "-m", "lienthong.cli", "run", "--processes", "2", "--data", str(data), *words]
    environment = os.environ | {"IGATE_URL": f"{source}/igate"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            for one in (*children(process), process):
                one.kill()


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children() if process.poll() is None else []


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)  # between looks, not for time to pass


def test_who_is_killed_is_started_again_and_all_stop_together(tmp_path: Path, storage: Storage) -> None:
    made = stream.make(tmp_path / "recording", random.Random(4), dossiers=EVENTS, waves=1, wave_size=EVENTS)
    with outside(made.folder) as sandbox, two(tmp_path / "data", sandbox.url) as process:
        sandbox.show(made.moments[-1])
        until(lambda: storage.received() >= EVENTS // 4, "some events")
        first = children(process)
        assert len(first) == 2
        first[0].kill()
        until(lambda: len(set(children(process)) - set(first)) == 1, "another is started")
        until(lambda: storage.received() >= EVENTS and storage.at_rest(), "everything is at rest")
        last = children(process)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
        assert not any(child.is_running() for child in last)
    assert "Tiến trình 1 đã kết thúc (mã -9)" in said
    assert said.count("Đã nhận") == 1, "one summary for all"
    storage.prove(made)


def test_when_the_one_that_watches_is_killed_the_others_stop_by_themselves(tmp_path: Path, storage: Storage) -> None:
    made = stream.make(tmp_path / "recording", random.Random(5), dossiers=50, waves=1, wave_size=50)
    storage.forget_steps()  # the two would refuse such a database: only the one that watches them migrates it
    with outside(made.folder) as sandbox, two(tmp_path / "data", sandbox.url, "--migrate") as process:
        sandbox.show(made.moments[-1])
        until(lambda: storage.received() >= 50, "all events")
        left = children(process)
        process.kill()
        until(lambda: not any(child.is_running() for child in left), "they stop")
