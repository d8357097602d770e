"""A small bus of one route and one sink on a real RabbitMQ and an embedded database, step by step."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.rabbitmq.aside import RabbitSetAside
from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.maintenance.adoption import Adopter
from lienthong.maintenance.reconciliation import Reconciliation
from lienthong.maintenance.restoration import RestorationWatch
from lienthong.outcome import Done, Outcome
from lienthong.ports import Transaction
from lienthong.processing.admission import Admission
from lienthong.processing.stage import Stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.databases import open_embedded
from tests.events import event

ROUTE, SINK = "route.a", "sink.b"
RUNG = timedelta(milliseconds=200)
NEVER = threading.Event()


class SmallBus:
    """One process. `delivered` are the subjects that its sink was given, in order."""

    def __init__(self, url: str, data: Path, clock: ReplayClock) -> None:
        database = open_database(f"sqlite:///{data / 'lienthong.db'}")
        self.database = database
        self.clock = clock
        self.ledger = SqlLedger(database, clock)
        self.broker = RabbitBroker(url, reply_timeout=timedelta(seconds=10), inspect_every_seconds=0.5)
        self.broker.declare([ROUTE, SINK], (RUNG,))
        self.watch = RestorationWatch(self.broker, self.ledger)
        self.identity = self.watch.enter()
        self.delivered: list[str] = []
        retry = RetryPolicy(rungs=(RUNG,))
        self.stages = {
            ROUTE: Stage(ROUTE, _pass_on, retry, to=(SINK,)),
            SINK: Stage(SINK, self._deliver, retry),
        }
        self.aside = RabbitSetAside(url)

    def receive(self, *names: str, publish: bool = True) -> None:
        """Receive events from the source and publish them."""
        events = [event(name) for name in names]
        with self.ledger.transaction() as transaction:
            fresh = transaction.receive(events, source="igate", to=(ROUTE,), cursor={}).fresh
        if publish and fresh:
            self.broker.publish([Bundle(ROUTE, tuple(fresh))])

    def work(self, stage: str) -> None:
        """Handle what is in the queue of a stage."""
        admission = Admission(stage, broker=self.broker, ledger=self.ledger)
        worker = Worker(
            self.stages[stage], broker=self.broker, ledger=self.ledger, clock=self.clock, admission=admission
        )
        consumer = self.broker.consume(stage)
        for _ in range(4):  # a delivery may need a moment; what is left after an empty look is nothing
            worker.serve_next(consumer, NEVER)
        consumer.close()

    def adopter(self, *accept: str) -> Adopter:
        return Adopter(
            self.stages,
            broker=self.broker,
            ledger=self.ledger,
            clock=self.clock,
            aside=self.aside,
            accept=accept,
            who="an.nguyen",
        )

    def reconcile(self, margin: timedelta = timedelta(minutes=15)) -> int:
        return Reconciliation(self.stages, broker=self.broker, ledger=self.ledger, clock=self.clock, margin=margin).run(
            NEVER
        )

    def close(self) -> None:
        self.broker.close()
        self.database.dispose()

    def _deliver(self, envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        self.delivered += [envelope.subject for envelope in envelopes]
        return [Done(envelope) for envelope in envelopes]


def _pass_on(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
    return [Done(envelope) for envelope in envelopes]


@contextmanager
def small_bus(url: str, data: Path, clock: ReplayClock) -> Iterator[SmallBus]:
    """A process with the database in `data`, which is made if it is not there."""
    data.mkdir(exist_ok=True)
    open_embedded(data).dispose()
    bus = SmallBus(url, data, clock)
    try:
        yield bus
    finally:
        bus.close()


def back_up(data: Path, to: Path) -> None:
    """A copy of the database as it is now, with what is in its journal."""
    with sqlite3.connect(data / "lienthong.db") as source, sqlite3.connect(to) as target:
        source.backup(target)


def restore(backup: Path, data: Path) -> None:
    for file in data.glob("lienthong.db*"):
        if file.is_file():
            file.unlink()
    shutil.copy(backup, data / "lienthong.db")
