"""Lienthong as an operator deploys it: a folder of routes and configuration, and `lienthong run` over it.

The folder is this repository's project, reduced to one route, with another source of dossiers.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, insert
from sqlalchemy import text as sql

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.configuration.check import examine
from lienthong.runtime.composition import build
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.runner import Runner
from store import tables
from tests.bench.dossiers import register
from tests.bench.servers import Servers
from tests.databases import make_tables
from tests.reduced_project import copy_routes

ROUTE, SINK = "igate-dossiers", "data-store"
SUBSCRIBER = "bench.subscriber"


@dataclass(frozen=True, slots=True)
class Deployment:
    """A data directory with its configuration, over servers."""

    folder: Path
    servers: Servers

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints(self.folder / "data", self.servers.broker, self.servers.database)

    def environment(self) -> dict[str, str]:
        """The variables that an operator sets."""
        return {
            "LIENTHONG_PROJECT": str(self.folder),
            "LIENTHONG_BROKER": self.servers.broker,
            "LIENTHONG_DATABASE": self.servers.database,
        }

    def command(self, *words: str) -> list[str]:
        """A `lienthong` command over this deployment, for a Python."""
        return ["-m", "lienthong.cli", *words, "--data", str(self.folder / "data")]

    def fill(self) -> float:
        """Let intake receive everything its source has: recorded, published, waiting. Returns seconds."""
        settings, findings = examine(self.folder, os.environ)
        assert not [finding for finding in findings if finding.level == "error"], findings
        bus = build(settings, self.endpoints, SystemClock(), only="intake")
        with Runner(bus, threading.Event()) as runner:
            (intake,) = bus.pollers
            began = time.perf_counter()
            intake.poll(runner.stop)
            return time.perf_counter() - began

    def enrol(self) -> None:
        """Store the civil servants in the data store."""
        with self.database() as database, database.begin() as connection:
            connection.execute(insert(tables.service_periods), list(register()))

    @contextmanager
    def database(self) -> Iterator[Engine]:
        engine = open_database(self.endpoints.database_url())
        try:
            yield engine
        finally:
            engine.dispose()

    @contextmanager
    def ledger(self) -> Iterator[SqlLedger]:
        with self.database() as database:
            yield SqlLedger(database, SystemClock())

    @contextmanager
    def unrouted(self) -> Iterator[Callable[[], int]]:
        """How many events still wait for the route, by the ledger's postings."""
        query = sql("SELECT coalesce(sum(amount), 0) FROM ledger_postings WHERE account = :account")
        with self.database() as database, database.connect() as connection:
            once = connection.execution_options(isolation_level="AUTOCOMMIT")
            yield lambda: int(once.execute(query, {"account": f"route.{ROUTE}"}).scalar_one())


def deploy(
    folder: Path,
    servers: Servers,
    source: str,
    parameters: Mapping[str, object],
    every: str = "60s",
    *,
    only_stored: bool = False,
) -> Deployment:
    """Write the configuration (this project's route and sink, with `source` as iGate) and create the tables.

    `only_stored`: events are stored and announced and nothing else, as in versions that found nothing out from them and
    kept no announcements.
    """
    copy_routes(folder, ROUTE)
    if only_stored:
        (folder / "config" / "sinks" / f"{SINK}.yaml").write_text("use: store.writer.DataStore\nreplay: idempotent\n")
    lines = "".join(f"  {name}: {value}\n" for name, value in parameters.items())
    (folder / "config" / "sources" / "igate.yaml").write_text(f"use: {source}\nevery: {every}\nwith:\n{lines}")
    bus = folder / "config" / "bus.yaml"
    # Events wait for the workers in the queue, not at their source: intake may go ahead as far as it can.
    text = bus.read_text(encoding="utf-8").replace("room: 500", "room: 1000000")
    bus.write_text(text.replace("keep: 90d", "keep: 0s") if only_stored else text, encoding="utf-8")
    deployment = Deployment(folder, servers)
    with deployment.database() as database:
        make_tables(database)
    return deployment
