"""One peer's measurement. Prints one JSON line; started alone it starts servers for itself.

python -m tests.bench.peers PEER EVENTS [PROCESSES]

PEER: faststream, dramatiq, celery, kombu, pika or pika-blocking
"""

import importlib
import json
import os
import sys
import time

import psycopg

from tests.bench.servers import Servers, servers
from tests.bench.watching import LOOK, STUCK, Figures, SubscriberQueue, watched, working

MODULES = {
    "faststream": "faststream_peer",
    "dramatiq": "dramatiq_peer",
    "celery": "celery_peer",
    "kombu": "kombu_peer",
    "pika": "pika_forward",
    "pika-blocking": "pika_blocking",
}
DECLARING = ("dramatiq", "celery")
"""These declare the subscriber's queue themselves, when the queue is filled."""


def measure(name: str, total: int, processes: int, ours: Servers) -> Figures:
    """Events wait first; then the workers are started and watched as Lienthong is."""
    os.environ.update(ours.environment())
    from tests.bench.peers import job  # reads where the servers are

    peer = importlib.import_module(f"tests.bench.peers.{MODULES[name]}")
    job.create_tables()
    peer.fill(total)
    arrived = SubscriberQueue(ours, job.SUBSCRIBER, declared=name in DECLARING)
    _settle(arrived, job.QUEUE, total)
    ours.quiet()
    with working([peer.COMMAND] * processes, getattr(peer, "ENVIRONMENT", {})) as workers:
        figures = watched(ours, workers, arrived, total)
    _settle(arrived, job.QUEUE, 0)
    arrived.close()
    if peer.STORES:
        _check_result(total, ours)
    return {"side": f"{name}, {processes}", **figures}


def _settle(arrived: SubscriberQueue, queue: str, count: int) -> None:
    """Wait until the queue holds `count` messages: all that were put there, or none because all were acked."""
    began = time.perf_counter()
    while (held := arrived.of(queue)) != count:
        assert time.perf_counter() - began < STUCK / 4, f"{held} in {queue}, not {count}"
        time.sleep(LOOK)


def _check_result(total: int, ours: Servers) -> None:
    with psycopg.connect(ours.plain_database()) as connection:
        counts = "SELECT count(*), count(staff_no), (SELECT count(*) FROM audit) FROM dossiers"
        row = connection.execute(counts).fetchone()
    assert row is not None
    assert row[0] == row[2] == total, row
    assert 0.2 * total < row[1] < 0.3 * total, row


def main(name: str, total: str, processes: str = "1") -> None:
    with servers() as ours:
        print(json.dumps(measure(name, int(total), int(processes), ours)))


if __name__ == "__main__":
    main(*sys.argv[1:])
