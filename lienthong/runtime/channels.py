"""The channels of subscriptions: a queue on RabbitMQ, or a webhook whose receiver has consented."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

from lienthong.connectors.webhooks.channel import WebhookChannel
from lienthong.connectors.webhooks.handshake import SETTING, ask_consent, consent_of
from lienthong.messages import message
from lienthong.ports import Broker, Clock, Ledger
from lienthong.subscriptions.channel import Announced, Answer, Channel, Doubling, Patience, TryLater
from lienthong.subscriptions.model import Subscription
from lienthong.subscriptions.ports import Subscriptions

DEFAULT_ROOM = 1_000
"""Messages that may wait in a subscriber's queue, unless its `settings` state another number."""

ROOM = "room"
"""The key of that number in the `settings` of a subscription."""


@cache
def origin() -> str:
    """The DNS name of the bus, in `WebHook-Request-Origin`."""
    return socket.getfqdn()


def make_channels(
    broker: Broker, *, ledger: Ledger, clock: Clock, subscriptions: Subscriptions
) -> Callable[[Subscription], Channel]:
    """A function that makes the channel of a subscription."""

    def make(subscription: Subscription) -> Channel:
        if subscription.channel == "webhook":
            return ConsentedWebhook(subscription, ledger=ledger, clock=clock, subscriptions=subscriptions)
        if not broker.durable:
            return NoQueues()
        from lienthong.adapters.rabbitmq.broker import RabbitBroker

        assert isinstance(broker, RabbitBroker)  # noqa: S101 - the one broker whose queues outlive the process
        return broker.subscriber_queue(subscription.name, int(subscription.settings.get(ROOM, DEFAULT_ROOM)))

    return make


class ConsentedWebhook:
    """A webhook that asks its receiver for consent before the first event, and keeps the answer with the subscription.

    Without consent nothing is sent; it is asked again at the next attempt.
    """

    def __init__(
        self, subscription: Subscription, *, ledger: Ledger, clock: Clock, subscriptions: Subscriptions
    ) -> None:
        self._subscription = subscription
        self._ledger = ledger
        self._clock = clock
        self._subscriptions = subscriptions
        self._webhook = WebhookChannel(subscription, clock, origin=origin())
        self.patience: Patience = self._webhook.patience

    def deliver(self, batch: Sequence[Announced]) -> Answer:
        if not consent_of(self._subscription).is_given:
            consent = ask_consent(self._subscription, self._clock, origin=origin())
            settings = {**self._subscription.settings, SETTING: dict(consent.setting())}
            with self._ledger.transaction() as transaction:
                self._subscriptions.change_settings(self._subscription, settings, transaction)
            if not consent.is_given:
                return TryLater(None, consent.why)
            self._webhook.close()
            self._subscription = replace(self._subscription, settings=settings)
            self._webhook = WebhookChannel(self._subscription, self._clock, origin=origin())
        return self._webhook.deliver(batch)

    def rest(self) -> timedelta:
        return self._webhook.rest()

    def close(self) -> None:
        self._webhook.close()


class NoQueues:
    """The channel of a queue where the broker has none that others can reach: events are held."""

    patience: Patience = Doubling()

    def deliver(self, batch: Sequence[Announced]) -> Answer:  # noqa: ARG002 - nothing can be delivered
        return TryLater(None, message("its queue needs RabbitMQ, and this bus runs on the embedded broker"))

    def rest(self) -> timedelta:
        return timedelta()

    def close(self) -> None: ...
