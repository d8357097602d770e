"""What a fault may hit, and how an operator acts on it."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError

from tests.chaos.player import StreamPlayer
from tests.services.disk import Disk
from tests.services.ledger_check import LedgerCheck
from tests.services.machine_clock import MachineClock
from tests.services.postgres import Cluster
from tests.services.processes import ROOT, Process, Processes, Sandbox
from tests.services.proxy import Proxy
from tests.services.rabbitmq import Node

QUEUES = tuple(
    f"lt1.{stage}{part}" for stage in ("route.igate-dossiers", "sink.data-store") for part in ("", ".quarantine")
)


class Operator:
    """Runs commands on a bus, beside its processes or without them."""

    def __init__(self, data: Path, environment: Mapping[str, str]) -> None:
        self._data = data
        self._environment = {**os.environ, **environment, "LIENTHONG_LANG": "en"}
        self.last = ""
        """What the last command printed."""

    def run(self, *arguments: str | Path, timeout: float = 300) -> int:
        """The exit code of the command."""
        command = [sys.executable, "-m", "lienthong.cli", *map(str, arguments), "--data", str(self._data)]
        result = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False, timeout=timeout
        )
        self.last = f"{arguments[0]} ended with {result.returncode}\n{result.stdout}{result.stderr}"
        return result.returncode

    def succeeds(self, *arguments: str | Path) -> bool:
        return self.run(*arguments) == 0

    def must(self, *arguments: str | Path) -> None:
        assert self.succeeds(*arguments), self.last

    def read(self, *arguments: str) -> str:
        """What a command prints for programs."""
        self.must(*arguments)
        return self.last.partition("\n")[2]


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that a fault may hit, and the random numbers that choose."""

    chance: random.Random
    processes: Processes
    second: Processes
    """One process of another bus, with another ledger, on the same broker. It runs only during its fault."""
    sandbox: Sandbox
    node: Node
    host: str
    proxy: Proxy
    cluster: Cluster
    tables: Disk
    """The disk on which the ledger and the data store grow."""
    log: Disk | None
    """The disk of the database's write-ahead log; None where only one disk can be filled, the one of the tables."""
    player: StreamPlayer
    clock: MachineClock
    """Of the machine on which the processes run; the servers and the second bus are on other ones."""
    check: LedgerCheck
    operator: Operator
    folder: Path
    """For backups."""
    exceptions: Path
    """While this file exists, exceptions are thrown."""

    def maybe_kill_a_process(self) -> Process | None:
        """Half of the time, cause a second fault during the first. Returns the killed process."""
        if self.chance.random() >= 0.5:
            return None
        process = self.chance.choice(self.processes.all)
        process.kill()
        return process

    @contextmanager
    def channel(self) -> Iterator[BlockingChannel]:
        """A channel to the broker itself, past the proxy."""
        parameters = pika.ConnectionParameters("127.0.0.1", self.node.port, self.host)
        with pika.BlockingConnection(parameters) as connection:
            yield connection.channel()

    def every_stage_consumes(self) -> bool:
        """Whether each queue has a consumer, as the broker itself sees it."""
        try:
            with self.channel() as channel:
                replies = [channel.queue_declare(queue, passive=True) for queue in QUEUES]
        except (AMQPError, OSError):
            return False
        return all(reply.method.consumer_count for reply in replies)

    def all_serve(self) -> None:
        self.processes.wait_until(
            lambda: all(process.serving for process in self.processes.all), 60, "all processes serve"
        )

    def adopt(self) -> None:
        """Adopt until nothing is left to adopt. Sources may have to show events again first, so the processes run."""
        self.processes.wait_until(
            lambda: self.operator.succeeds("adopt", "--yes"), 120, f"everything is adopted: {self.operator.last}"
        )
