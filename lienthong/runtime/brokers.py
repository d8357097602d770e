"""Opens the broker that a URL names."""

from lienthong.errors import LienthongError
from lienthong.ports import Broker, Clock
from lienthong.runtime.endpoints import Endpoints
from lienthong.settings import Settings
from lienthong.topology import make_topology


def on_rabbitmq(endpoints: Endpoints) -> bool:
    """Whether the broker is RabbitMQ, by its URL."""
    return endpoints.broker.startswith(("amqp://", "amqps://"))


def open_broker(settings: Settings, endpoints: Endpoints, clock: Clock) -> Broker:
    """The broker that the URL names, with all queues declared. Raises `Transient` or `Misconfigured`."""
    broker: Broker
    if on_rabbitmq(endpoints):
        from lienthong.adapters.rabbitmq.broker import RabbitBroker

        broker = RabbitBroker(
            endpoints.broker, room=settings.bus.room, max_message_bytes=settings.bus.max_message_bytes
        )
    else:
        from lienthong.adapters.kombu import KombuBroker

        broker = KombuBroker(
            endpoints.broker,
            clock,
            room=settings.bus.room,
            data=endpoints.data,
            max_message_bytes=settings.bus.max_message_bytes,
        )
    topology = make_topology(settings)
    try:
        broker.declare(topology.queues, topology.rungs)
    except LienthongError:
        broker.close()
        raise
    return broker
