"""FastStream: asyncio, one function per queue, pydantic models as its arguments and results.

The idiom of its documentation: a `RabbitBroker` whose default channel has a prefetch, `@broker.subscriber` and
`@broker.publisher`; the message is acknowledged when the function has returned and its result is confirmed.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import orjson
import pika
import uvloop
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

from tests.bench.peers import job

COMMAND = ["-m", "tests.bench.peers.faststream_peer"]
STORES = True

broker = RabbitBroker(
    job.BROKER, default_channel=Channel(prefetch_count=job.PREFETCH, publisher_confirms=True), logger=None
)
pools: list[asyncpg.Pool] = []


@asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    async with asyncpg.create_pool(job.DATABASE_URL, min_size=job.CONNECTIONS, max_size=job.CONNECTIONS) as pool:
        pools.append(pool)
        yield


app = FastStream(broker, lifespan=lifespan)


@broker.subscriber(
    RabbitQueue(job.QUEUE, queue_type=QueueType.QUORUM, durable=True), ack_policy=AckPolicy.NACK_ON_ERROR
)
@broker.publisher(RabbitQueue(job.SUBSCRIBER, queue_type=QueueType.QUORUM, durable=True), persist=True)
async def handle(dossier: job.Dossier) -> job.Enriched:
    event = job.enriched(dossier)
    async with pools[0].acquire() as connection, connection.transaction():
        await connection.execute(job.STORE_NUMBERED, *job.row(event, event.model_dump_json()))
        await connection.execute(job.AUDIT_NUMBERED, event.code, "stored")
    return event


def fill(total: int) -> None:
    """Messages as FastStream publishes a dict."""
    properties = pika.BasicProperties(content_type="application/json")
    job.fill((orjson.dumps(body), properties) for body in job.bodies(total))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(app.run())
