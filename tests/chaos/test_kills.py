"""Any process may be killed at any moment: a stream goes through the whole bus while everything in turn is hurt.

`make chaos` runs the long version. CHAOS_SEED says which faults come when, CHAOS_FAULTS how many. A full disk is left
out: it takes a file system of its own, which takes rights that a test run does not have everywhere.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from tests.chaos import stream
from tests.chaos.books import Books
from tests.chaos.faults import Fault, Scene, drawn
from tests.chaos.fleet import ROOT, Fleet, configured, outside
from tests.services import postgres, rabbitmq
from tests.services.proxy import proxied

SEED = int(os.environ.get("CHAOS_SEED", "758"))
FAULTS = int(os.environ.get("CHAOS_FAULTS", "26"))
EVENTS = max(20_000, 100 * FAULTS)
DOSSIERS = 1_600
FAULTS_A_WAVE = 2
ROLES = ("intake", *["route:igate-dossiers"] * 2, *["sink:data-store"] * 2)

Tell = Callable[[str], None]

STREAMS, DRAINED = 90.0, 180.0
"""Seconds within which a wave must have come in, whatever happened before, and the end of it all."""


@pytest.fixture
def node() -> Iterator[rabbitmq.Node]:
    """A broker to kill."""
    rabbitmq.ensure_installed()
    node = rabbitmq.Node(Path(tempfile.mkdtemp(prefix="lienthong-chaos-")))
    try:
        node.start()
        yield node
    finally:
        node.remove()


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    """A database server to kill, with the durable defaults."""
    cluster = postgres.Cluster()
    yield cluster
    cluster.remove()


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Says at once what happens, so that a run that fails can be read; beside other processes, when it has failed."""
    began = time.monotonic()
    aside = nullcontext if "PYTEST_XDIST_WORKER" in os.environ else capsys.disabled

    def tell(words: str) -> None:
        with aside():
            print(f"\n{time.monotonic() - began:6.1f} s  {words}", end="", flush=True)

    return tell


def test_nothing_is_lost_or_doubled_whatever_is_killed(
    tmp_path: Path, node: rabbitmq.Node, cluster: postgres.Cluster, tell: Tell
) -> None:
    dice = random.Random(SEED)
    plan = drawn(dice, FAULTS)
    tell(f"seed {SEED}: {len(plan)} faults {dict(Counter(fault.__name__ for fault in plan))}")
    waves = max(-(-FAULTS // FAULTS_A_WAVE), -(-EVENTS // DOSSIERS))
    made = stream.make(tmp_path / "recording", dice, dossiers=DOSSIERS, waves=waves, wave_size=-(-EVENTS // waves))
    host = urlsplit(node.url()).path.removeprefix("/")
    database = open_database(cluster.url)
    books = Books(database, SqlLedger(database, SystemClock()))
    with outside(made.folder) as sandbox, proxied(node.port) as proxy:
        environment = {
            "LIENTHONG_ROOT": str(configured(tmp_path / "root")),
            "LIENTHONG_BROKER": f"amqp://guest:guest@127.0.0.1:{proxy.port}/{host}",
            "LIENTHONG_DATABASE": cluster.url,
            "IGATE_URL": f"{sandbox.url}/igate",
        }
        fleet = Fleet(tmp_path / "fleet", ROLES, environment)
        try:
            _storm(Scene(dice, fleet, sandbox, node, host, proxy, cluster), plan, made, books, tell)
            tell(f"calm: {books.state()}")
            fleet.until(lambda: books.received() >= len(made.versions) and books.at_rest(), DRAINED, "all at rest")
            tell(f"at rest: {books.state()}")
            fleet.until(lambda: all(process.serving for process in fleet.processes), 60, "all serve")
            for process in fleet.processes:
                process.terminate()
        except AssertionError:
            tell(f"failed: {books.state()}\n{node.control('list_queues', '-p', host)}")
            raise
        finally:
            fleet.end()
    books.prove(made)
    for command in ("balance", "verify"):
        _agrees(command, tmp_path / "fleet", environment)
    database.dispose()


def _storm(scene: Scene, plan: Sequence[Fault], made: stream.Stream, books: Books, tell: Tell) -> None:
    """Show wave after wave, and let each fault come when a random part of its wave has been received."""

    def wait_for(number: int) -> None:
        scene.fleet.until(lambda: books.received() >= number, STREAMS, f"{number} received")

    shown = 0
    for moment, wave, faults in zip(made.moments, made.waves, _dealt(plan, len(made.waves)), strict=True):
        wait_for(shown)
        scene.outside.show(moment)
        for fault in faults:
            wait_for(shown + scene.dice.randint(0, len(wave)))
            tell(f"{books.received():6} {fault.__name__}")
            fault(scene)
        shown += len(wave)


def _dealt(plan: Sequence[Fault], waves: int) -> Sequence[Sequence[Fault]]:
    """The plan in its order, about as much of it for each wave."""
    edges = [len(plan) * wave // waves for wave in range(waves + 1)]
    return [plan[start:end] for start, end in pairwise(edges)]


def _agrees(command: str, data: Path, environment: Mapping[str, str]) -> None:
    """The command line itself finds nothing wrong."""
    words = [sys.executable, "-m", "lienthong.cli", command, "--data", str(data)]
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
