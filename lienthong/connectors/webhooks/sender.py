"""One signed request to the address of a subscription."""

from collections.abc import Sequence
from datetime import timedelta

from lienthong.connectors.protocols.http import Http, Receipt
from lienthong.connectors.protocols.webhook_signatures import Signing
from lienthong.connectors.webhooks.contents import make_content
from lienthong.messages import message
from lienthong.ports import Clock
from lienthong.subscriptions.channel import Announced
from lienthong.subscriptions.model import Subscription

TIMEOUT = timedelta(seconds=15)
"""Of one whole exchange, from the name server to the end of the reply (Standard Webhooks: 15 to 30 s)."""


def make_http(subscription: Subscription) -> Http:
    """The client of one subscription: no private address unless it is allowed, no proxy then, and no redirect ever."""
    only_public = not subscription.settings.get("allow_private", False)
    return Http(message("the receiver"), timeout=TIMEOUT, only_public=only_public)


class Sender:
    """Sends events to one subscription. While its secret is replaced, each request bears both signatures."""

    def __init__(self, subscription: Subscription, clock: Clock, *, origin: str, http: Http | None = None) -> None:
        self._subscription = subscription
        self._clock = clock
        self._origin = origin
        self._http = http or make_http(subscription)

    def send(self, events: Sequence[Announced], *, is_batch: bool) -> Receipt:
        """The reply, whatever its status is. Raises `Transient` when none comes."""
        content = make_content(self._subscription.name, events, is_batch=is_batch)
        headers = {
            **content.headers,
            **self._signing().headers(content.key, content.body, self._clock.now()),
            "WebHook-Request-Origin": self._origin,
        }
        return self._http.send("POST", self._subscription.url, content=content.body, headers=headers)

    def close(self) -> None:
        """Close the connections. Nothing is sent afterwards."""
        self._http.close()

    def _signing(self) -> Signing:
        one = self._subscription
        is_replaced = one.previous_until is not None and self._clock.now() < one.previous_until
        return Signing(secret=one.secret, previous=one.previous_secret if is_replaced else "")
