"""kombu: `ConsumerProducerMixin`, the class its documentation gives for a consumer that also publishes.

A connection is one thread's, so ten threads run one each and share the prefetch; that is faster than one.
"""

import json
import signal
import threading
from typing import Any

import orjson
import pika
from kombu import Connection, Consumer, Message, Queue
from kombu.mixins import ConsumerProducerMixin
from psycopg_pool import ConnectionPool

from tests.bench.peers import job

COMMAND = ["-m", "tests.bench.peers.kombu_peer"]
STORES = True

waiting, subscriber = (Queue(name, durable=True, queue_arguments=job.QUORUM) for name in (job.QUEUE, job.SUBSCRIBER))


class Worker(ConsumerProducerMixin):
    def __init__(self, connection: Connection, pool: ConnectionPool) -> None:
        self.connection = connection
        self._pool = pool

    def get_consumers(self, consumer: type[Consumer], channel: Any) -> list[Consumer]:
        prefetch = job.PREFETCH // job.CONNECTIONS
        return [consumer([waiting], callbacks=[self.handle], accept=["json"], prefetch_count=prefetch)]

    def handle(self, body: dict[str, Any], message: Message) -> None:
        event = job.enriched(job.Dossier.model_validate(body))
        with self._pool.connection() as connection:
            connection.execute(job.STORE, job.row(event, event.model_dump_json()))
            connection.execute(job.AUDIT, (event.code, "stored"))
        self.producer.publish(
            json.dumps(event.model_dump(mode="json")),
            routing_key=job.SUBSCRIBER,
            content_type="application/json",
            delivery_mode=2,
            mandatory=True,
        )
        message.ack()


def fill(total: int) -> None:
    properties = pika.BasicProperties(content_type="application/json", content_encoding="utf-8")
    job.fill((orjson.dumps(body), properties) for body in job.bodies(total))


def main() -> None:
    pool = ConnectionPool(job.DATABASE_URL, min_size=job.CONNECTIONS, max_size=job.CONNECTIONS, open=True)
    connections = [Connection(job.BROKER, transport_options={"confirm_publish": True}) for _ in range(job.CONNECTIONS)]
    workers = [Worker(connection, pool) for connection in connections]
    threads = [threading.Thread(target=worker.run) for worker in workers]
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    for thread in threads:
        thread.start()
    stopped.wait()
    for worker in workers:
        worker.should_stop = True
    for thread in threads:
        thread.join()
    pool.close()


if __name__ == "__main__":
    main()
