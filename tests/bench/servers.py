"""The broker and the database of a measurement: the same for every side, durable, used by no other program.

A measurement that is started alone starts servers for itself; `python -m tests.bench` starts them once for all.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psycopg
from sqlalchemy import make_url

from tests.services import postgres, rabbitmq

DURABLE = (
    "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on",
    "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB", "-c", "checkpoint_timeout=15min",
    "-c", "track_commit_timestamp=on",
)  # fmt: skip
"""Nothing that is confirmed may be lost. The second line is what every guide sets first, for the good of all sides; the
third lets the latency be read off the commits."""

_NAMES = ("BENCH_BROKER", "BENCH_DATABASE", "BENCH_BROKER_PID", "BENCH_DATABASE_PID")


@dataclass(frozen=True, slots=True)
class Servers:
    """An empty virtual host, an empty database, and the processes that serve them."""

    broker: str
    database: str
    broker_pid: int
    database_pid: int

    def environment(self) -> dict[str, str]:
        return dict(
            zip(_NAMES, (self.broker, self.database, str(self.broker_pid), str(self.database_pid)), strict=True)
        )

    @classmethod
    def named(cls, environment: Mapping[str, str]) -> Self | None:
        """The servers that another process started and named in the environment, if any."""
        if _NAMES[0] not in environment:
            return None
        broker, database, broker_pid, database_pid = (environment[name] for name in _NAMES)
        return cls(broker, database, int(broker_pid), int(database_pid))

    def plain_database(self) -> str:
        """The database's URL as psycopg itself reads it."""
        return make_url(self.database).set(drivername="postgresql").render_as_string(hide_password=False)

    def quiet(self) -> None:
        """Write dirty pages and update the statistics, so that no measurement pays for its preparation."""
        with psycopg.connect(self.plain_database(), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")


class SharedServers:
    """One RabbitMQ node and one PostgreSQL cluster; each measurement gets a fresh virtual host and database."""

    def __init__(self) -> None:
        rabbitmq.ensure_installed()
        self._node = rabbitmq.Node(Path(tempfile.mkdtemp(prefix="lienthong-bench-")))
        self._cluster = postgres.Cluster(*DURABLE)
        self._node.start()

    @contextmanager
    def fresh(self) -> Iterator[Servers]:
        broker = self._node.url()
        try:
            with postgres.fresh_database(self._cluster.url, empty=True) as engine:
                database = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
                yield Servers(broker, database, self._node.pid, self._cluster.pid)
        finally:
            self._node.control("delete_vhost", broker.rpartition("/")[2])

    def close(self) -> None:
        self._node.remove()
        self._cluster.remove()


@contextmanager
def servers() -> Iterator[Servers]:
    """The servers that the environment names, else new ones for as long as the block lasts."""
    named = Servers.named(os.environ)
    if named is not None:
        yield named
        return
    shared = SharedServers()
    try:
        with shared.fresh() as ours:
            yield ours
    finally:
        shared.close()
