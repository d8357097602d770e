"""What a worker uses: a consumer of bundles, and the deliveries it receives."""

import time
from collections.abc import Callable
from datetime import timedelta
from queue import Empty

import structlog

from lienthong.adapters.rabbitmq.aside import aside_headers
from lienthong.adapters.rabbitmq.naming import UNREADABLE
from lienthong.adapters.rabbitmq.outbound import OutboundMessage
from lienthong.adapters.rabbitmq.subscription import RawDelivery, Subscription
from lienthong.data.message_headers import require_readable
from lienthong.envelope import Bundle
from lienthong.errors import Rejected, Transient

log = structlog.get_logger(__name__)


class RabbitConsumer:
    """See `Consumer`. `queue` is the stage's name, as bundles carry it."""

    def __init__(
        self,
        queue: str,
        subscription: Subscription,
        *,
        park: Callable[[OutboundMessage], None],
        unsubscribe: Callable[[Subscription], None],
        on_acked: Callable[[], None],
    ) -> None:
        """`park` publishes an unreadable message; it raises `Transient` when it cannot."""
        self._queue = queue
        self._subscription = subscription
        self._park = park
        self._unsubscribe = unsubscribe
        self._on_acked = on_acked
        self._unreadable: list[tuple[RawDelivery, str]] = []

    def next(self, timeout: timedelta) -> "RabbitDelivery | None":
        """See `Consumer`. A message that is not a bundle is logged, parked unchanged and acked; then the next comes."""
        deadline = time.monotonic() + timeout.total_seconds()
        self._park_unreadable()
        while True:
            try:
                raw = self._subscription.deliveries.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                return None
            try:
                require_readable(raw.body, raw.content_encoding)
                bundle = Bundle.from_wire(self._queue, raw.body, raw.headers)
            except (Rejected, ValueError) as error:
                log.error("not a bundle", queue=self._queue, size=len(raw.body), why=str(error))
                self._unreadable.append((raw, str(error)))
                self._park_unreadable()
            else:
                return RabbitDelivery(bundle, raw, subscription=self._subscription, on_acked=self._on_acked)

    def close(self) -> None:
        self._unsubscribe(self._subscription)

    def _park_unreadable(self) -> None:
        """A message that cannot be parked now stays unacked and is tried again with the next call of `next`."""
        while self._unreadable:
            raw, why = self._unreadable[0]
            headers = aside_headers(raw.headers, queue=self._subscription.queue, why=why)
            encoding = raw.content_encoding or None
            parked = OutboundMessage(
                "", UNREADABLE, raw.body, raw.content_type, headers=headers, content_encoding=encoding
            )
            try:
                self._park(parked)
            except Transient as down:
                log.error("cannot park what is unreadable", queue=self._queue, why=down.why)
                return
            self._subscription.ack(raw.generation, raw.tag)
            self._unreadable.pop(0)


class RabbitDelivery:
    """See `Delivery`."""

    def __init__(
        self, bundle: Bundle, raw: RawDelivery, *, subscription: Subscription, on_acked: Callable[[], None]
    ) -> None:
        self.bundle = bundle
        self.redeliveries = _redeliveries(raw)
        self._raw = raw
        self._subscription = subscription
        self._on_acked = on_acked

    @property
    def redelivered(self) -> bool:
        return self.redeliveries > 0

    def ack(self) -> None:
        self._subscription.ack(self._raw.generation, self._raw.tag)
        self._on_acked()


def _redeliveries(raw: RawDelivery) -> int:
    """Quorum queues count redeliveries; for other queues only the broker's flag is known."""
    counted = raw.headers.get("x-delivery-count", 0)
    return max(int(counted) if isinstance(counted, int) else 0, int(raw.redelivered))
