"""Celery: tasks on quorum queues, acknowledged late, publisher confirms on, no results kept.

Threads: measured here they were faster than processes (prefork, two of them). Its prefetch is the multiplier times
the concurrency.
Enriched events go to the task of the subscriber's queue.
"""

from typing import Any

from celery import Celery
from kombu import Queue
from psycopg_pool import ConnectionPool

from tests.bench.peers import job

COMMAND = [
    "-m", "celery", "-A", "tests.bench.peers.celery_peer", "worker", "--pool", "threads",
    "--concurrency", str(job.CONNECTIONS), "--queues", job.QUEUE, "--loglevel", "ERROR",
    "--without-gossip", "--without-mingle", "--without-heartbeat",
]  # fmt: skip
STORES = True

app = Celery("bench", broker=job.BROKER)
app.conf.update(
    task_queues=[Queue(name, routing_key=name, queue_arguments=job.QUORUM) for name in (job.QUEUE, job.SUBSCRIBER)],
    task_default_queue=job.QUEUE,
    task_default_queue_type="quorum",
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=job.PREFETCH // job.CONNECTIONS,
    broker_transport_options={"confirm_publish": True},
    broker_pool_limit=job.CONNECTIONS,
    worker_enable_remote_control=False,  # it cannot distinguish two workers of one name
)
pool = ConnectionPool(job.DATABASE_URL, min_size=job.CONNECTIONS, max_size=job.CONNECTIONS, open=False)


@app.task(queue=job.SUBSCRIBER)
def subscriber(event: dict[str, Any]) -> None:
    """The subscriber's task; it is not run here."""


@app.task(queue=job.QUEUE)
def handle(body: dict[str, Any]) -> None:
    pool.open()
    event = job.enriched(job.Dossier.model_validate(body))
    with pool.connection() as connection:
        connection.execute(job.STORE, job.row(event, event.model_dump_json()))
        connection.execute(job.AUDIT, (event.code, "stored"))
    subscriber.delay(event.model_dump(mode="json"))


def fill(total: int) -> None:
    """Through the task itself, so that Celery writes its usual messages."""
    with app.connection_for_write() as connection:
        for queue in app.conf.task_queues:
            queue(connection.default_channel).declare()
    for body in job.bodies(total):
        handle.delay(body)
    app.close()
