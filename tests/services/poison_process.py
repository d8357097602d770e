"""A process that serves one sink over RabbitMQ and dies at once when it gets a certain event.

python -m tests.services.poison_process BROKER_URL DATABASE_URL
"""

import os
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.crash_markers import FileCrashMarkers
from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Envelope
from lienthong.outcome import Done, Outcome
from lienthong.ports import Transaction
from lienthong.processing.stage import sink_stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy

STAGE = "sink.b"
RUNGS = (timedelta(seconds=1),)
POISON = "thuốc độc"


class CrashingSink:
    """A sink that ends its process on one event, as a crash in a native library does."""

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        if any(envelope.subject == POISON for envelope in envelopes):
            os._exit(99)
        return [Done(envelope) for envelope in envelopes]


def main(broker_url: str, database_url: str) -> None:
    """Serve until stdin closes."""
    clock, stop = SystemClock(), threading.Event()
    broker, ledger = RabbitBroker(broker_url), SqlLedger(open_database(database_url), clock)
    broker.declare([STAGE], RUNGS)
    stage = sink_stage(STAGE, CrashingSink(), RetryPolicy(RUNGS))
    crash_markers = FileCrashMarkers(Path(database_url.removeprefix("sqlite:///")).parent / "hands")
    for quarantine in (False, True):
        worker = Worker(
            stage, broker=broker, ledger=ledger, clock=clock, quarantine=quarantine, crash_markers=crash_markers
        )
        threading.Thread(target=worker.run, args=(stop,)).start()
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    main(*sys.argv[1:])
