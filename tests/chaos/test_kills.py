"""A stream of events goes through the whole bus while each of its parts is killed or disturbed in turn.

`make chaos` runs the long version. CHAOS_SEED chooses which faults come when, CHAOS_FAULTS how many.
"""

import json
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from tests.chaos.exceptions import VARIABLE
from tests.chaos.faults import Fault, draw_faults
from tests.chaos.player import StreamPlayer
from tests.chaos.project import make_chaos_project
from tests.chaos.setup import Operator, Setup
from tests.databases import make_tables
from tests.services import postgres, rabbitmq
from tests.services.disk import Disk, small_disk
from tests.services.ledger_check import LedgerCheck
from tests.services.machine_clock import MachineClock
from tests.services.processes import Processes, start_sandbox
from tests.services.proxy import proxied
from tests.services.stream import write_stream

SEED = int(os.environ.get("CHAOS_SEED", "758"))
FAULTS = int(os.environ.get("CHAOS_FAULTS", "20"))
EVENTS = max(6_000, 150 * FAULTS)
DOSSIERS = 1_600
FAULTS_A_WAVE = 2
LETTERS_A_REPLAY = 500
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
    waves = FAULTS + 10  # many faults show one more wave, so that there is something to hit
    stream = write_stream(tmp_path / "recording", chance, dossiers=DOSSIERS, waves=waves, wave_size=-(-EVENTS // waves))
    host = urlsplit(node.url()).path.removeprefix("/")
    database, ledger = server.open_ledger()
    check = LedgerCheck(database, ledger)
    with start_sandbox(stream.folder) as sandbox, proxied(node.port) as proxy:
        environment = {
            "LIENTHONG_PROJECT": str(make_chaos_project(tmp_path / "root")),
            "LIENTHONG_BROKER": f"amqp://guest:guest@127.0.0.1:{proxy.port}/{host}",
            "IGATE_URL": f"{sandbox.url}/igate",
            VARIABLE: str(tmp_path / "exceptions"),
        }
        clock = MachineClock(tmp_path)
        first = {**environment, **clock.environment, "LIENTHONG_DATABASE": server.cluster.url}
        processes = Processes(tmp_path / "processes", ROLES, first)
        operator = Operator(tmp_path / "operator", first)
        second = Processes(tmp_path / "second", [""], environment)
        player = StreamPlayer(stream, sandbox, check)
        setup = Setup(
            chance=chance,
            processes=processes,
            second=second,
            sandbox=sandbox,
            node=node,
            host=host,
            proxy=proxy,
            cluster=server.cluster,
            tables=server.tables,
            log=server.log,
            player=player,
            clock=clock,
            check=check,
            operator=operator,
            folder=tmp_path,
            exceptions=tmp_path / "exceptions",
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
            setup.all_serve()
            for process in processes.all:
                process.terminate()
            operator.must("adopt", "--yes")
            _replay_letters(check, operator, report)
            _finish_second_bus(Operator(tmp_path / "second" / "0-all", environment), report)
            assert not _left_in_queues(setup), node.control("list_queues", "-p", host)
        except AssertionError:
            report(f"failed: {check.summary()}\n{operator.last}\n{node.control('list_queues', '-p', host)}")
            raise
        finally:
            processes.kill_all()
            second.kill_all()
    check.assert_complete(stream)
    for command in ("balance", "verify"):
        operator.must(command, *(["--all"] if command == "verify" else []))
    database.dispose()


def _cause_faults(
    setup: Setup, plan: Sequence[Fault], player: StreamPlayer, check: LedgerCheck, report: Report
) -> None:
    """Show wave after wave, and cause each fault when a random part of its wave was received."""
    processes = setup.processes
    for number in range(0, len(plan), FAULTS_A_WAVE):
        processes.wait_until(player.follow, WAVE_SECONDS, "the next wave is shown")
        for fault in plan[number : number + FAULTS_A_WAVE]:
            moment = setup.chance.randint(player.start(), player.end())
            processes.wait_until(lambda: check.received() >= moment, WAVE_SECONDS, f"{moment} received")  # noqa: B023 - called in this turn of the loop
            report(f"{check.received():6} {fault.__name__}")
            fault(setup)
    while not player.is_last():
        processes.wait_until(player.follow, WAVE_SECONDS, "the next wave is shown")


def _replay_letters(check: LedgerCheck, operator: Operator, report: Report) -> None:
    """Replay what died of exceptions. All of it must be delivered then, but for versions that are broken as well."""
    numbers = check.numbers_to_replay()
    report(f"{len(numbers)} dead letters are replayed")
    for start in range(0, len(numbers), LETTERS_A_REPLAY):
        operator.run("dead", "replay", *map(str, numbers[start : start + LETTERS_A_REPLAY]))
    assert not check.numbers_to_replay(), operator.last


def _finish_second_bus(operator: Operator, report: Report) -> None:
    """The other bus finishes its work alone. It has lost and doubled nothing either."""
    operator.must("adopt", "--yes")
    operator.must("run", "--until-done")
    letters = json.loads(operator.read("dead", "list", "--json"))
    numbers = [str(letter["number"]) for letter in letters if letter["error"] != "Rejected"]
    if numbers:
        operator.run("dead", "replay", *numbers)
        left = json.loads(operator.read("dead", "list", "--json"))
        assert all(letter["error"] == "Rejected" for letter in left), operator.last
    for command in ("balance", "verify"):
        operator.must(command)
    report(f"the second bus is at rest: {len(letters)} dead letters")


def _left_in_queues(setup: Setup) -> Mapping[str, int]:
    """What is left in the queues of stages, of waits and of held messages."""
    listed = setup.node.control("list_queues", "-p", setup.host, "--no-table-headers", "name", "messages")
    counts = dict(line.split("\t") for line in listed.splitlines())
    return {name: int(count) for name, count in counts.items() if int(count) and "witness" not in name}
