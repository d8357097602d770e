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
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from tests.chaos import stream
from tests.chaos.books import Books
from tests.chaos.faults import Scene, drawn
from tests.chaos.fleet import ROOT, Fleet, configured, outside
from tests.services import postgres, rabbitmq
from tests.services.proxy import proxied

SEED = int(os.environ.get("CHAOS_SEED", "758"))
FAULTS = int(os.environ.get("CHAOS_FAULTS", "26"))
EVENTS = max(20_000, 100 * FAULTS)
DOSSIERS = 1_600
FAULTS_A_WAVE = 2
ROLES = ("intake", *["route:igate-dossiers"] * 2, *["sink:data-store"] * 2)

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


def test_nothing_is_lost_or_doubled_whatever_is_killed(
    tmp_path: Path, node: rabbitmq.Node, cluster: postgres.Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    dice, began = random.Random(SEED), time.monotonic()
    plan = drawn(dice, FAULTS)
    waves = -(-FAULTS // FAULTS_A_WAVE)
    wave = -(-EVENTS // waves)
    made = stream.make(tmp_path / "recording", dice, dossiers=DOSSIERS, waves=waves, wave_size=wave)
    database = open_database(cluster.url)
    books = Books(database, SqlLedger(database, SystemClock()))
    address = urlsplit(node.url())
    with outside(made.folder) as sandbox, proxied(node.port) as proxy:
        environment = {
            "LIENTHONG_ROOT": str(configured(tmp_path / "root")),
            "LIENTHONG_BROKER": f"amqp://guest:guest@127.0.0.1:{proxy.port}{address.path}",
            "LIENTHONG_DATABASE": cluster.url,
            "IGATE_URL": f"{sandbox.url}/igate",
        }
        fleet = Fleet(tmp_path / "fleet", ROLES, environment)

        def received(number: int) -> Callable[[], bool]:
            return lambda: books.received() >= number

        scene = Scene(dice, fleet, sandbox, node, address.path.removeprefix("/"), proxy, cluster)
        try:
            for number, moment in enumerate(made.moments):
                fleet.until(received(number * wave), STREAMS, f"{number * wave} received")
                sandbox.show(moment)
                for fault in plan[number * FAULTS_A_WAVE : (number + 1) * FAULTS_A_WAVE]:
                    some = number * wave + dice.randint(0, wave)
                    fleet.until(received(some), STREAMS, f"{some} received")
                    with capsys.disabled():
                        print(f"\n{time.monotonic() - began:6.1f} s  {books.received():6}  {fault.__name__}", end="")
                    fault(scene)
            calm = time.monotonic()
            done = lambda: books.received() >= len(made.versions) and books.at_rest()  # noqa: E731 - a sentence
            fleet.until(done, DRAINED, "everything is at rest")
            fleet.until(lambda: all(one.serving for one in fleet.processes), 60, "all serve")
            for process in fleet.processes:
                process.terminate()
        except BaseException:
            with capsys.disabled():
                print("\n", books.state())
            raise
        finally:
            fleet.end()
        kinds = Counter(fault.__name__ for fault in plan)
        with capsys.disabled():
            print(
                f"\nseed {SEED}: {len(plan)} faults {dict(kinds)}, {len(made.versions)} events, drained after "
                f"{time.monotonic() - calm:.1f} s, {time.monotonic() - began:.0f} s in all\n{books.state()}"
            )
        books.prove(made)
        for command in ("balance", "verify"):
            words = [sys.executable, "-m", "lienthong.cli", command, "--data", str(tmp_path / "fleet")]
            told = subprocess.run(
                words, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
            )
            assert told.returncode == 0, told.stdout + told.stderr
    database.dispose()
