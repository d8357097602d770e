"""Figures of the bus for monitoring: the ledger's, the sources', the stages', the machine's. No personal data."""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lienthong.adapters.sql.announcements import SqlAnnouncements
from lienthong.adapters.sql.database import Database
from lienthong.adapters.sql.figures import LedgerFigures, read_figures
from lienthong.adapters.sql.subscriptions import SqlSubscriptions
from lienthong.errors import LienthongError, Transient
from lienthong.ledger.records import Verified
from lienthong.operations.alarms import SinkAlarms, find_alarms
from lienthong.operations.processes import find_processes
from lienthong.operations.queues import BrokerQueue, broker_queues
from lienthong.operations.sources import SourceView, look_at_sources
from lienthong.operations.subscription_standing import Standing, look_at_subscriptions
from lienthong.ports import Clock, Ledger, StageCondition, StatusBoard
from lienthong.ports.status import Spent, TimeKey
from lienthong.settings import Settings
from lienthong.topology import route_queue, sink_queue

FILES = ("config", "routes")
"""The folders whose YAML is the configuration."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where figures are taken: what is configured, what is kept, and the broker's URL."""

    settings: Settings
    database: Database
    ledger: Ledger
    board: StatusBoard
    clock: Clock
    broker: str
    data: Path

    @property
    def stages(self) -> Sequence[str]:
        """The configured stages. Others, of an earlier configuration, have no figures of their own."""
        return [*map(route_queue, self.settings.routes), *map(sink_queue, self.settings.sinks)]


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures at `at`. `broker` is empty on the embedded one; `conditions` are of processes that live."""

    at: datetime
    ledger: LedgerFigures
    verified: Verified
    sources: Sequence[SourceView]
    conditions: Sequence[StageCondition]
    processes: int
    free_bytes: int
    times: Mapping[TimeKey, Spent]
    broker: Mapping[str, BrokerQueue] = field(default_factory=dict)
    alarms: Sequence[SinkAlarms] = ()
    broker_answers: bool = True
    subscriptions: Sequence[Standing] = ()


def take_figures(place: Place) -> Figures:
    """Look once. Raises `Transient` when the database does not answer; a broker that does not is a figure."""
    now = place.clock.now()
    with suppress(Transient):
        place.ledger.keep_sums()
    processes = find_processes(place.board, now)
    broker, answers = _broker(place)
    return Figures(
        at=now,
        ledger=read_figures(place.database, now),
        verified=place.ledger.verified(),
        sources=look_at_sources(place.board, place.ledger, place.settings, now),
        conditions=[one for one in place.board.stages() if processes.lives(one.process)],
        processes=len(processes.running),
        free_bytes=shutil.disk_usage(place.data).free,
        times=place.board.times(),
        broker=broker,
        broker_answers=answers,
        alarms=list(find_alarms(place.settings, place.database, place.clock)),
        subscriptions=look_at_subscriptions(SqlSubscriptions(place.database), SqlAnnouncements(place.database)),
    )


def _broker(place: Place) -> tuple[Mapping[str, BrokerQueue], bool]:
    if not place.broker.startswith(("amqp://", "amqps://")):
        return {}, True
    try:
        return broker_queues(place.broker, place.settings), True
    except LienthongError:
        return {}, False


def configuration_hash(folder: Path) -> str:
    """16 hexadecimal digits that change with any file of the configuration."""
    sha = hashlib.sha256()
    for room in FILES:
        for file in sorted((folder / room).rglob("*.yaml")):
            sha.update(f"{file.relative_to(folder)}\n".encode())
            sha.update(file.read_bytes())
    return sha.hexdigest()[:16]
