"""What an administrator of RabbitMQ does for the queue of a subscriber: the commands, ready to run."""

from collections.abc import Sequence

from lienthong.adapters.rabbitmq.parameters import parse_url
from lienthong.adapters.rabbitmq.subscriber_queue import subscriber_queue_name


def queue_commands(subscription: str, broker: str) -> Sequence[str]:
    """A user that may read the queue of this subscription, and nothing else; `broker` is the URL of the bus's."""
    user, host = f"lt-{subscription}", _virtual_host(broker)
    escaped = subscriber_queue_name(subscription).replace(".", r"\.")
    return (
        f"rabbitmqctl add_user {user} PASSWORD",
        f"rabbitmqctl set_permissions -p '{host}' {user} '^$' '^$' '^{escaped}$'",
    )


def delete_command(subscription: str, broker: str) -> str:
    """The command that deletes the queue of a subscription."""
    return f"rabbitmqctl delete_queue -p '{_virtual_host(broker)}' {subscriber_queue_name(subscription)}"


def _virtual_host(broker: str) -> str:
    return str(parse_url(broker).virtual_host) if broker.startswith("amqp") else "/"
