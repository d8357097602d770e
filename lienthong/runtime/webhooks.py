"""Webhooks of a project: the channel of each, the handshake, and the name of the bus in both."""

import platform

from lienthong.connectors.webhooks.channel import WebhookChannel
from lienthong.connectors.webhooks.handshake import ask_consent
from lienthong.operations.access_acts import Act
from lienthong.operations.subscriptions import SubscriptionStore
from lienthong.operations.webhook_acts import record_handshake
from lienthong.ports import Clock
from lienthong.settings import Settings
from lienthong.subscriptions.handshake import leave_out
from lienthong.subscriptions.model import Subscription


def origin_of(settings: Settings) -> str:
    """The DNS name of the bus, as receivers are shown it: that of the machine where the configuration names none."""
    return settings.bus.webhook_origin or platform.node().lower() or "localhost"


def make_webhook(subscription: Subscription, settings: Settings, clock: Clock) -> WebhookChannel:
    """The channel of a subscription whose `channel` is `webhook`."""
    return WebhookChannel(subscription, clock, origin=origin_of(settings))


def seek_consent(
    store: SubscriptionStore, subscription: Subscription, *, act: Act, without_handshake: bool = False
) -> Subscription:
    """Ask the receiver for consent, and record its answer. `without_handshake`: it is not asked."""
    if without_handshake:
        handshake = leave_out(store.clock)
    else:
        handshake = ask_consent(subscription, store.clock, origin=origin_of(store.settings))
    return record_handshake(store, subscription, handshake, act=act)
