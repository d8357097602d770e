"""What a worker holds: a consumer of bundles, and the bundles in its hands."""

import time
from collections.abc import Callable
from datetime import timedelta
from queue import Empty

import structlog

from lienthong.adapters.rabbitmq.naming import UNREADABLE
from lienthong.adapters.rabbitmq.publisher import Message
from lienthong.adapters.rabbitmq.subscription import Arrived, Subscription
from lienthong.envelope import Bundle
from lienthong.errors import Rejected, Transient

log = structlog.get_logger(__name__)


class RabbitConsumer:
    """See `Consumer`. `queue` is the stage's name, as bundles carry it."""

    def __init__(
        self,
        queue: str,
        subscription: Subscription,
        park: Callable[[Message], None],
        end: Callable[[Subscription], None],
        changed: Callable[[], None],
    ) -> None:
        self._queue = queue
        self._subscription = subscription
        self._park = park
        self._end = end
        self._changed = changed
        self._unparked: list[Arrived] = []

    def next(self, timeout: timedelta) -> "RabbitDelivery | None":
        """See `Consumer`. What is no bundle is parked as it is, acked and logged; the next one is looked for."""
        deadline = time.monotonic() + timeout.total_seconds()
        self._park_all()
        while True:
            try:
                arrived = self._subscription.inbox.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                return None
            try:
                bundle = Bundle.from_wire(self._queue, arrived.body, arrived.headers)
            except (Rejected, ValueError, TypeError) as error:
                log.error("not a bundle", queue=self._queue, size=len(arrived.body), error=type(error).__name__)
                self._unparked.append(arrived)
                self._park_all()
            else:
                return RabbitDelivery(bundle, arrived, self._subscription, self._changed)

    def close(self) -> None:
        self._end(self._subscription)

    def _park_all(self) -> None:
        """A message that cannot be parked now stays in hand, and is tried again with the next look."""
        while self._unparked:
            arrived = self._unparked[0]
            headers = {**arrived.headers, "from-queue": self._subscription.queue}
            try:
                self._park(Message("", UNREADABLE, arrived.body, arrived.content_type, headers))
            except Transient as down:
                log.error("cannot park what is unreadable", queue=self._queue, why=down.why)
                return
            self._subscription.settle(arrived.generation, arrived.tag)
            self._unparked.pop(0)


class RabbitDelivery:
    """A bundle in our hands."""

    def __init__(
        self, bundle: Bundle, arrived: Arrived, subscription: Subscription, changed: Callable[[], None]
    ) -> None:
        self.bundle = bundle
        self.redeliveries = _redeliveries(arrived)
        self._arrived = arrived
        self._subscription = subscription
        self._changed = changed

    @property
    def redelivered(self) -> bool:
        return self.redeliveries > 0

    def ack(self) -> None:
        self._subscription.settle(self._arrived.generation, self._arrived.tag)
        self._changed()


def _redeliveries(arrived: Arrived) -> int:
    """Quorum queues count; otherwise the broker's flag is all there is."""
    counted = arrived.headers.get("x-delivery-count", 0)
    return max(int(counted) if isinstance(counted, int) else 0, int(arrived.redelivered))
