"""The channel that delivers by webhook: CloudEvents over HTTP, signed by Standard Webhooks."""

from collections.abc import Sequence
from datetime import timedelta

from lienthong.connectors.protocols.http import Http
from lienthong.connectors.protocols.http_replies import retry_after
from lienthong.connectors.webhooks.contents import parts_of
from lienthong.connectors.webhooks.pace import Pace
from lienthong.connectors.webhooks.replies import THROTTLING, meaning_of, reason_of
from lienthong.connectors.webhooks.sender import Sender
from lienthong.connectors.webhooks.settled import Settled
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.ports import Clock
from lienthong.subscriptions.channel import Announced, Answer, Delivered, Gone, Patience, Refused, TryLater
from lienthong.subscriptions.handshake import consent_of
from lienthong.subscriptions.model import Subscription
from lienthong.subscriptions.webhook_patience import WebhookPatience

REFUSED_IN_A_ROW = 20
"""Events refused without one accepted in between, from which on the receiver is taken to be at fault, not the events.

Otherwise a receiver that refuses all it gets, after a change of its own, would turn everything into dead events."""


class WebhookChannel:
    """Delivers batches to the address of one subscription. See `Channel`.

    - A batch that is refused is sent again in halves until the guilty event is alone. What was accepted before the
      receiver failed is not sent again by this process.
    - `origin`: the DNS name of the bus, in `WebHook-Request-Origin`.
    - `http` is for tests.
    """

    def __init__(
        self,
        subscription: Subscription,
        clock: Clock,
        *,
        origin: str,
        http: Http | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.patience = patience or WebhookPatience()
        self._clock = clock
        self._is_batch = subscription.batch > 1
        self._consent = consent_of(subscription)
        self._sender = Sender(subscription, clock, origin=origin, http=http)
        self._pace = Pace(clock, self._consent.per_minute)
        self._settled = Settled()
        self._refused_in_a_row = 0

    def rest(self) -> timedelta:
        """The time until the next batch may be delivered."""
        return self._pace.remaining()

    def deliver(self, batch: Sequence[Announced]) -> Answer:
        """Send what is not settled yet, in as many requests as it takes."""
        if not self._consent.is_given:
            return TryLater(None, message("the receiver has not consented to deliveries: repeat the handshake"))
        self._settled.begin(batch)
        for part in parts_of(self._settled.open(batch), is_batch=self._is_batch):
            if (stop := self._deliver(part)) is not None:
                return stop
        refused, why = self._settled.end()
        return Refused(refused, why) if refused else Delivered()

    def close(self) -> None:
        self._sender.close()

    def _deliver(self, part: Sequence[Announced]) -> TryLater | Gone | None:
        self._pace.note_request()
        try:
            receipt = self._sender.send(part, is_batch=self._is_batch)
        except Transient as down:
            return TryLater(down.after, down.why)
        match meaning_of(receipt.status):
            case "accepted":
                self._accept(part)
                return None
            case "gone":
                return Gone(reason_of(receipt.status))
            case "refused":
                return self._cut(part, receipt.status)
            case "later":
                if receipt.status in THROTTLING:
                    self._pace.slow_down()
                return TryLater(retry_after(receipt.headers, self._clock.now()), reason_of(receipt.status))

    def _accept(self, part: Sequence[Announced]) -> None:
        self._pace.speed_up()
        self._refused_in_a_row = 0
        self._settled.accept(part)

    def _cut(self, part: Sequence[Announced], status: int) -> TryLater | Gone | None:
        """Send the halves of what was refused; an event that is refused alone is the guilty one."""
        if len(part) > 1:
            middle = len(part) // 2
            return self._deliver(part[:middle]) or self._deliver(part[middle:])
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= REFUSED_IN_A_ROW:
            self._settled.forget_refused()
            return TryLater(None, message("the receiver refuses every event (HTTP {status})", status=status))
        self._settled.refuse(part[0], reason_of(status))
        return None
