"""Dramatiq: actors in threads of one worker process, messages acknowledged after the actor has returned.

Its default middleware, ten threads, publisher confirms switched on as its documentation advises for durability.
Enriched events go to the actor of the subscriber's queue.
"""

import logging
from typing import Any

import dramatiq
import pika
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from psycopg_pool import ConnectionPool

from tests.bench.peers import job

COMMAND = [
    "-m", "dramatiq", "tests.bench.peers.dramatiq_peer",
    "--processes", "1", "--threads", str(job.CONNECTIONS), "--queues", job.QUEUE, "--skip-logging",
]  # fmt: skip
ENVIRONMENT = {"dramatiq_queue_prefetch": str(job.PREFETCH)}
STORES = True


class QuorumBroker(RabbitmqBroker):
    """Dramatiq declares classic queues and has no setting for another type; this is how its users get quorum queues."""

    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        return {**super()._build_queue_arguments(queue_name), **job.QUORUM}


broker = QuorumBroker(url=job.BROKER, confirm_delivery=True)
dramatiq.set_broker(broker)
pool = ConnectionPool(job.DATABASE_URL, min_size=job.CONNECTIONS, max_size=job.CONNECTIONS, open=False)


@dramatiq.actor(queue_name=job.SUBSCRIBER)
def subscriber(event: dict[str, Any]) -> None:
    """The subscriber's actor; it is not run here."""


@dramatiq.actor(queue_name=job.QUEUE)
def handle(body: dict[str, Any]) -> None:
    pool.open()
    event = job.enriched(job.Dossier.model_validate(body))
    with pool.connection() as connection:
        connection.execute(job.STORE, job.row(event, event.model_dump_json()))
        connection.execute(job.AUDIT, (event.code, "stored"))
    subscriber.send(event.model_dump(mode="json"))


def fill(total: int) -> None:
    """Messages as the actor's own `send` writes them."""
    broker.declare_queue(job.QUEUE, ensure=True)
    broker.declare_queue(job.SUBSCRIBER, ensure=True)
    logging.getLogger("pika").setLevel(logging.ERROR)
    messages = ((handle.message(body).encode(), pika.BasicProperties()) for body in job.bodies(total))
    job.fill(messages, declared=True)
    broker.close()
