"""Any process may be killed at any moment: a stream goes through the whole bus while faults hit each part in turn.

`make chaos` runs the long version. CHAOS_SEED decides which faults come when, CHAOS_FAULTS how many.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from tests.chaos.books import Storage
from tests.chaos.faults import Fault, Scene, choose_faults
from tests.chaos.fleet import ROOT, Fleet, Outside, make_project, outside
from tests.chaos.stream import Stream, make_stream
from tests.databases import make_tables
from tests.services import postgres, rabbitmq
from tests.services.disk import Disk, small_disk
from tests.services.proxy import proxied

SEED = int(os.environ.get("CHAOS_SEED", "758"))
FAULTS = int(os.environ.get("CHAOS_FAULTS", "26"))
EVENTS = max(20_000, 100 * FAULTS)
DOSSIERS = 1_600
FAULTS_A_WAVE = 2
ROLES = ("intake", *["route:igate-dossiers"] * 2, *["sink:data-store"] * 2)

Show = Callable[[str], None]

WAVE_LIMIT, DRAIN_LIMIT = 90.0, 180.0
"""Seconds within which a wave must be received, whatever happened before, and the whole stream be at rest."""


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


@dataclass(frozen=True, slots=True)
class Store:
    """A database server to kill, with the durable defaults, and its two disks that can be filled."""

    cluster: postgres.Cluster
    tables: Disk
    log: Disk | None

    def open_ledger(self) -> tuple[Engine, SqlLedger]:
        """A database whose tables lie on the small disk: all, or two of the ledger's when it has little room."""
        if self.tables.roomy:
            postgres.command_server(self.cluster.url, "ALTER DATABASE postgres SET default_tablespace = small")
        database = make_tables(open_database(self.cluster.url))
        ledger = SqlLedger(database, SystemClock())
        for table in () if self.tables.roomy else ("ledger_blocks", "ledger_postings"):
            postgres.command_server(self.cluster.url, f"ALTER TABLE {table} SET TABLESPACE small")
        return database, ledger


@pytest.fixture
def store() -> Iterator[Store]:
    with ExitStack() as stack:
        tables = stack.enter_context(small_disk())
        log = stack.enter_context(small_disk()) if tables.roomy else None  # on one disk the log would fill first
        cluster = postgres.Cluster(log_in=log.folder / "log" if log else None)
        stack.callback(cluster.remove)
        (tables.folder / "tables").mkdir()
        cluster.place("small", tables.folder / "tables")
        yield Store(cluster, tables, log)


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    """Prints at once what happens, so that a failed run can be read; under xdist, once the test has failed."""
    began = time.monotonic()
    aside = nullcontext if "PYTEST_XDIST_WORKER" in os.environ else capsys.disabled

    def show(words: str) -> None:
        with aside():
            print(f"\n{time.monotonic() - began:6.1f} s  {words}", end="", flush=True)

    return show


def test_nothing_is_lost_or_doubled_whatever_is_killed(
    tmp_path: Path, node: rabbitmq.Node, store: Store, show: Show
) -> None:
    chance = random.Random(SEED)
    plan = choose_faults(chance, FAULTS)
    show(f"seed {SEED}: {len(plan)} faults {dict(Counter(fault.__name__ for fault in plan))}")
    waves = max(-(-FAULTS // FAULTS_A_WAVE), -(-EVENTS // DOSSIERS)) + 1
    stream = make_stream(tmp_path / "recording", chance, dossiers=DOSSIERS, waves=waves, wave_size=-(-EVENTS // waves))
    host = urlsplit(node.url()).path.removeprefix("/")
    cluster = store.cluster
    database, ledger = store.open_ledger()
    storage = Storage(database, ledger)
    with outside(stream.folder) as sandbox, proxied(node.port) as proxy:
        environment = {
            "LIENTHONG_PROJECT": str(make_project(tmp_path / "root")),
            "LIENTHONG_BROKER": f"amqp://guest:guest@127.0.0.1:{proxy.port}/{host}",
            "LIENTHONG_DATABASE": cluster.url,
            "IGATE_URL": f"{sandbox.url}/igate",
        }
        fleet = Fleet(tmp_path / "fleet", ROLES, environment)
        try:
            shown = Waves(stream, sandbox, storage)
            scene = Scene(chance, fleet, sandbox, node, host, proxy, cluster, store.tables, store.log, shown.follow)
            _run_faults(scene, plan, shown, storage, show)
            show(f"calm: {storage.state()}")
            fleet.until(
                lambda: storage.received() >= len(stream.versions) and storage.at_rest(), DRAIN_LIMIT, "all at rest"
            )
            show(f"at rest: {storage.state()}")
            fleet.until(lambda: all(process.serving for process in fleet.processes), 60, "all serve")
            for process in fleet.processes:
                process.terminate()
        except AssertionError:
            show(f"failed: {storage.state()}\n{node.control('list_queues', '-p', host)}")
            raise
        finally:
            fleet.end()
    storage.prove(stream)
    for command in ("balance", "verify"):
        _command_agrees(command, tmp_path / "fleet", environment)
    database.dispose()


class Waves:
    """The sandbox shows wave after wave, each when those before it were received. The last one has no faults."""

    def __init__(self, stream: Stream, outside: Outside, storage: Storage) -> None:
        self._stream = stream
        self._outside = outside
        self._storage = storage
        self._count = 0
        self.ends = [0, *accumulate(map(len, stream.waves))]
        """How many events are received when each wave is."""

    def follow(self) -> None:
        """Show the next wave if all before it were received."""
        if self._count < len(self._stream.waves) and self._storage.received() >= self.ends[self._count]:
            self._outside.show(self._stream.moments[self._count])
            self._count += 1

    def show(self, wave: int) -> bool:
        """Show waves as far as possible; whether the wave of this number is shown."""
        if self._count <= wave:
            self.follow()
        return self._count > wave


def _run_faults(scene: Scene, plan: Sequence[Fault], shown: Waves, storage: Storage, show: Show) -> None:
    """Show wave after wave, and let each fault come when a random part of its wave has been received."""
    divided = _divide(plan, len(shown.ends) - 2)
    for wave, (faults, (start, end)) in enumerate(zip(divided, pairwise(shown.ends), strict=False)):
        scene.fleet.until(lambda: shown.show(wave), WAVE_LIMIT, f"wave {wave} is shown")  # noqa: B023 - called in this turn of the loop
        for fault in faults:
            moment = scene.chance.randint(start, end)
            scene.fleet.until(lambda: storage.received() >= moment, WAVE_LIMIT, f"{moment} received")  # noqa: B023 - called in this turn of the loop
            show(f"{storage.received():6} {fault.__name__}")
            fault(scene)
    scene.fleet.until(lambda: shown.show(len(divided)), WAVE_LIMIT, "the last wave is shown")


def _divide(plan: Sequence[Fault], waves: int) -> Sequence[Sequence[Fault]]:
    """The plan in its order, about equally many faults for each wave."""
    edges = [len(plan) * wave // waves for wave in range(waves + 1)]
    return [plan[start:end] for start, end in pairwise(edges)]


def _command_agrees(command: str, data: Path, environment: Mapping[str, str]) -> None:
    """The command line finds nothing wrong, either."""
    words = [sys.executable, "-m", "lienthong.cli", command, "--data", str(data)]
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
