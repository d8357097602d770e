"""A stream of events goes through the whole bus while each of its parts is killed or disturbed in turn.

`make chaos` runs the long version. CHAOS_SEED chooses which faults come when, CHAOS_FAULTS how many.
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
from tests.chaos.faults import Fault, Setup, draw_faults
from tests.databases import make_tables
from tests.services import postgres, rabbitmq
from tests.services.disk import Disk, small_disk
from tests.services.ledger_check import LedgerCheck
from tests.services.processes import ROOT, Processes, Sandbox, make_project, start_sandbox
from tests.services.proxy import proxied
from tests.services.stream import Stream, write_stream

SEED = int(os.environ.get("CHAOS_SEED", "758"))
FAULTS = int(os.environ.get("CHAOS_FAULTS", "26"))
EVENTS = max(20_000, 100 * FAULTS)
DOSSIERS = 1_600
FAULTS_A_WAVE = 2
ROLES = ("intake", *["route:igate-dossiers"] * 2, *["sink:data-store"] * 2)

Report = Callable[[str], None]

WAVE_SECONDS = 90.0
"""How long a wave may take to be received, whatever happened before."""
DRAIN_SECONDS = 180.0
"""How long the events still in flight may take at the end."""


@pytest.fixture
def node() -> Iterator[rabbitmq.Node]:
    """A broker that may be killed."""
    rabbitmq.ensure_installed()
    node = rabbitmq.Node(Path(tempfile.mkdtemp(prefix="lienthong-chaos-")))
    try:
        node.start()
        yield node
    finally:
        node.remove()


@dataclass(frozen=True, slots=True)
class DatabaseServer:
    """A database server that may be killed, with durable defaults, and the two disks that may be full."""

    cluster: postgres.Cluster
    tables: Disk
    log: Disk | None

    def open_ledger(self) -> tuple[Engine, SqlLedger]:
        """A database with its tables on the disk for tables: all of them, or two of the ledger's if it is small."""
        if self.tables.roomy:
            postgres.command_server(self.cluster.url, "ALTER DATABASE postgres SET default_tablespace = small")
        database = make_tables(open_database(self.cluster.url))
        ledger = SqlLedger(database, SystemClock())
        for table in () if self.tables.roomy else ("ledger_blocks", "ledger_postings"):
            postgres.command_server(self.cluster.url, f"ALTER TABLE {table} SET TABLESPACE small")
        return database, ledger


@pytest.fixture
def server() -> Iterator[DatabaseServer]:
    with ExitStack() as stack:
        tables = stack.enter_context(small_disk())
        log = stack.enter_context(small_disk()) if tables.roomy else None  # on one disk, the log would always fill it
        cluster = postgres.Cluster(log_in=log.folder / "log" if log else None)
        stack.callback(cluster.remove)
        (tables.folder / "tables").mkdir()
        cluster.place("small", tables.folder / "tables")
        yield DatabaseServer(cluster, tables, log)


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """Prints what happens, at once; beside other test processes only when the test has failed."""
    began = time.monotonic()
    uncaptured = nullcontext if "PYTEST_XDIST_WORKER" in os.environ else capsys.disabled

    def report(line: str) -> None:
        with uncaptured():
            print(f"\n{time.monotonic() - began:6.1f} s  {line}", end="", flush=True)

    return report


def test_nothing_is_lost_or_doubled_when_any_part_is_killed(
    tmp_path: Path, node: rabbitmq.Node, server: DatabaseServer, report: Report
) -> None:
    chance = random.Random(SEED)
    plan = draw_faults(chance, FAULTS)
    report(f"seed {SEED}: {len(plan)} faults {dict(Counter(fault.__name__ for fault in plan))}")
    waves = max(-(-FAULTS // FAULTS_A_WAVE), -(-EVENTS // DOSSIERS)) + 1
    stream = write_stream(tmp_path / "recording", chance, dossiers=DOSSIERS, waves=waves, wave_size=-(-EVENTS // waves))
    host = urlsplit(node.url()).path.removeprefix("/")
    database, ledger = server.open_ledger()
    check = LedgerCheck(database, ledger)
    with start_sandbox(stream.folder) as sandbox, proxied(node.port) as proxy:
        environment = {
            "LIENTHONG_PROJECT": str(make_project(tmp_path / "root")),
            "LIENTHONG_BROKER": f"amqp://guest:guest@127.0.0.1:{proxy.port}/{host}",
            "LIENTHONG_DATABASE": server.cluster.url,
            "IGATE_URL": f"{sandbox.url}/igate",
        }
        processes = Processes(tmp_path / "processes", ROLES, environment)
        player = StreamPlayer(stream, sandbox, check)
        setup = Setup(
            chance=chance,
            processes=processes,
            sandbox=sandbox,
            node=node,
            host=host,
            proxy=proxy,
            cluster=server.cluster,
            tables=server.tables,
            log=server.log,
            follow_stream=player.follow,
        )
        try:
            _cause_faults(setup, plan, player, check, report)
            report(f"no more faults: {check.summary()}")
            processes.wait_until(
                lambda: check.received() >= len(stream.versions) and check.nothing_in_flight(),
                DRAIN_SECONDS,
                "every event has come to its end",
            )
            report(f"nothing in flight: {check.summary()}")
            processes.wait_until(lambda: all(process.serving for process in processes.all), 60, "all processes serve")
            for process in processes.all:
                process.terminate()
        except AssertionError:
            report(f"failed: {check.summary()}\n{node.control('list_queues', '-p', host)}")
            raise
        finally:
            processes.kill_all()
    check.assert_complete(stream)
    for command in ("balance", "verify"):
        _assert_command_finds_nothing_wrong(command, tmp_path / "processes", environment)
    database.dispose()


class StreamPlayer:
    """Shows wave after wave, each once the waves before it were received. The last wave has no faults."""

    def __init__(self, stream: Stream, sandbox: Sandbox, check: LedgerCheck) -> None:
        self._stream = stream
        self._sandbox = sandbox
        self._check = check
        self._waves = 0
        self.ends = [0, *accumulate(map(len, stream.waves))]
        """How many events were received at the end of each wave."""

    def follow(self) -> None:
        """Show the next wave if all waves before it were received."""
        if self._waves < len(self._stream.waves) and self._check.received() >= self.ends[self._waves]:
            self._sandbox.set_clock(self._stream.moments[self._waves])
            self._waves += 1

    def reach(self, wave: int) -> bool:
        """Show the next wave if it is due and not after `wave`. Returns whether `wave` is shown."""
        if self._waves <= wave:
            self.follow()
        return self._waves > wave


def _cause_faults(
    setup: Setup, plan: Sequence[Fault], player: StreamPlayer, check: LedgerCheck, report: Report
) -> None:
    """Show wave after wave, and cause each fault when a random part of its wave was received."""
    faults_by_wave = _split(plan, len(player.ends) - 2)
    for wave, (faults, (start, end)) in enumerate(zip(faults_by_wave, pairwise(player.ends), strict=False)):
        setup.processes.wait_until(lambda: player.reach(wave), WAVE_SECONDS, f"wave {wave} is shown")  # noqa: B023 - called in this turn of the loop
        for fault in faults:
            moment = setup.chance.randint(start, end)
            setup.processes.wait_until(lambda: check.received() >= moment, WAVE_SECONDS, f"{moment} received")  # noqa: B023 - called in this turn of the loop
            report(f"{check.received():6} {fault.__name__}")
            fault(setup)
    setup.processes.wait_until(lambda: player.reach(len(faults_by_wave)), WAVE_SECONDS, "the last wave is shown")


def _split(plan: Sequence[Fault], waves: int) -> Sequence[Sequence[Fault]]:
    """The plan in its order, in about equal parts for the waves."""
    edges = [len(plan) * wave // waves for wave in range(waves + 1)]
    return [plan[start:end] for start, end in pairwise(edges)]


def _assert_command_finds_nothing_wrong(command: str, data: Path, environment: Mapping[str, str]) -> None:
    arguments = [sys.executable, "-m", "lienthong.cli", command, "--data", str(data)]
    result = subprocess.run(arguments, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=False)
    assert result.returncode == 0, (result.stdout + result.stderr).decode()
