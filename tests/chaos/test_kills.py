"""Any process may be killed at any moment: a stream goes through the whole bus while everything in turn is hurt.

`make chaos` runs the long version. CHAOS_SEED says which faults come when, CHAOS_FAULTS how many.
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
from tests.chaos import stream
from tests.chaos.books import Storage
from tests.chaos.faults import Fault, Scene, drawn
from tests.chaos.fleet import ROOT, Fleet, Outside, configured, outside
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


@dataclass(frozen=True, slots=True)
class Store:
    """A database server to kill, with the durable defaults, and the two disks it may find full."""

    cluster: postgres.Cluster
    tables: Disk
    log: Disk | None

    def open_ledger(self) -> tuple[Engine, SqlLedger]:
        """A database whose tables lie on the one disk: all of them, or two of the ledger's if it is not roomy."""
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
        log = stack.enter_context(small_disk()) if tables.roomy else None  # on one disk the log would always be first
        cluster = postgres.Cluster(log_in=log.folder / "log" if log else None)
        stack.callback(cluster.remove)
        (tables.folder / "tables").mkdir()
        cluster.place("small", tables.folder / "tables")
        yield Store(cluster, tables, log)


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
    tmp_path: Path, node: rabbitmq.Node, store: Store, tell: Tell
) -> None:
    dice = random.Random(SEED)
    plan = drawn(dice, FAULTS)
    tell(f"seed {SEED}: {len(plan)} faults {dict(Counter(fault.__name__ for fault in plan))}")
    waves = max(-(-FAULTS // FAULTS_A_WAVE), -(-EVENTS // DOSSIERS)) + 1
    made = stream.make(tmp_path / "recording", dice, dossiers=DOSSIERS, waves=waves, wave_size=-(-EVENTS // waves))
    host = urlsplit(node.url()).path.removeprefix("/")
    cluster = store.cluster
    database, ledger = store.open_ledger()
    storage = Storage(database, ledger)
    with outside(made.folder) as sandbox, proxied(node.port) as proxy:
        environment = {
            "LIENTHONG_PROJECT": str(configured(tmp_path / "root")),
            "LIENTHONG_BROKER": f"amqp://guest:guest@127.0.0.1:{proxy.port}/{host}",
            "LIENTHONG_DATABASE": cluster.url,
            "IGATE_URL": f"{sandbox.url}/igate",
        }
        fleet = Fleet(tmp_path / "fleet", ROLES, environment)
        try:
            shown = Shown(made, sandbox, storage)
            scene = Scene(dice, fleet, sandbox, node, host, proxy, cluster, store.tables, store.log, shown.follow)
            _storm(scene, plan, shown, storage, tell)
            tell(f"calm: {storage.state()}")
            fleet.until(lambda: storage.received() >= len(made.versions) and storage.at_rest(), DRAINED, "all at rest")
            tell(f"at rest: {storage.state()}")
            fleet.until(lambda: all(process.serving for process in fleet.processes), 60, "all serve")
            for process in fleet.processes:
                process.terminate()
        except AssertionError:
            tell(f"failed: {storage.state()}\n{node.control('list_queues', '-p', host)}")
            raise
        finally:
            fleet.end()
    storage.prove(made)
    for command in ("balance", "verify"):
        _agrees(command, tmp_path / "fleet", environment)
    database.dispose()


class Shown:
    """What the sandbox shows: wave after wave, each once those before it were received. The last one has no faults."""

    def __init__(self, made: stream.Stream, outside: Outside, storage: Storage) -> None:
        self._made = made
        self._outside = outside
        self._books = storage
        self._waves = 0
        self.ends = [0, *accumulate(map(len, made.waves))]
        """How many were received when each wave was."""

    def follow(self) -> None:
        """Show the next wave if all before it were received."""
        if self._waves < len(self._made.waves) and self._books.received() >= self.ends[self._waves]:
            self._outside.show(self._made.moments[self._waves])
            self._waves += 1

    def show(self, wave: int) -> bool:
        """Whether the wave of this number is shown by now."""
        if self._waves <= wave:
            self.follow()
        return self._waves > wave


def _storm(scene: Scene, plan: Sequence[Fault], shown: Shown, storage: Storage, tell: Tell) -> None:
    """Show wave after wave, and let each fault come when a random part of its wave has been received."""
    dealt = _dealt(plan, len(shown.ends) - 2)
    for wave, (faults, (start, end)) in enumerate(zip(dealt, pairwise(shown.ends), strict=False)):
        scene.fleet.until(lambda: shown.show(wave), STREAMS, f"wave {wave} is shown")  # noqa: B023 - asked now
        for fault in faults:
            moment = scene.dice.randint(start, end)
            scene.fleet.until(lambda: storage.received() >= moment, STREAMS, f"{moment} received")  # noqa: B023 - asked now
            tell(f"{storage.received():6} {fault.__name__}")
            fault(scene)
    scene.fleet.until(lambda: shown.show(len(dealt)), STREAMS, "the last wave is shown")


def _dealt(plan: Sequence[Fault], waves: int) -> Sequence[Sequence[Fault]]:
    """The plan in its order, about as much of it for each wave."""
    edges = [len(plan) * wave // waves for wave in range(waves + 1)]
    return [plan[start:end] for start, end in pairwise(edges)]


def _agrees(command: str, data: Path, environment: Mapping[str, str]) -> None:
    """The command line itself finds nothing wrong."""
    words = [sys.executable, "-m", "lienthong.cli", command, "--data", str(data)]
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
