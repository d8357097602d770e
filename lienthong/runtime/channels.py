"""The channels of subscriptions: a queue on RabbitMQ, or a webhook whose receiver has consented."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from lienthong.messages import message
from lienthong.ports import Broker, Clock
from lienthong.runtime.webhooks import make_webhook
from lienthong.settings import Settings
from lienthong.subscriptions.channel import Announced, Answer, Channel, Doubling, Patience, TryLater
from lienthong.subscriptions.model import Subscription

DEFAULT_ROOM = 1_000
"""Messages that may wait in a subscriber's queue, unless its `settings` state another number."""

ROOM = "room"
"""The key of that number in the `settings` of a subscription."""


def make_channels(broker: Broker, settings: Settings, clock: Clock) -> Callable[[Subscription], Channel]:
    """A function that makes the channel of a subscription."""

    def make(subscription: Subscription) -> Channel:
        if subscription.channel == "webhook":
            return make_webhook(subscription, settings, clock)
        if not broker.durable:
            return NoQueues()
        from lienthong.adapters.rabbitmq.broker import RabbitBroker

        assert isinstance(broker, RabbitBroker)  # noqa: S101 - the one broker whose queues outlive the process
        return broker.subscriber_queue(subscription.name, int(subscription.settings.get(ROOM, DEFAULT_ROOM)))

    return make


class NoQueues:
    """The channel of a queue where the broker has none that others can reach: events are held."""

    patience: Patience = Doubling()

    def deliver(self, batch: Sequence[Announced]) -> Answer:  # noqa: ARG002 - nothing can be delivered
        return TryLater(None, message("its queue needs RabbitMQ, and this bus runs on the embedded broker"))

    def rest(self) -> timedelta:
        return timedelta()

    def close(self) -> None: ...
