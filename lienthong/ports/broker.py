"""The port of the broker: queues between the stages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from lienthong.data.message_headers import Origin
from lienthong.envelope import Bundle, Envelope
from lienthong.ports.set_aside import AsideKind


class Delivery(Protocol):
    """A bundle that was consumed and is not acked yet.

    - `ack` is the last act. A bundle that is never acked comes back.
    - An ack that comes after the bundle was delivered again is ignored; the ledger absorbs what is then done twice.
    """

    @property
    def bundle(self) -> Bundle: ...

    @property
    def redelivered(self) -> bool:
        """Whether the bundle was delivered before and not acked."""

    @property
    def redeliveries(self) -> int:
        """How often that happened, as far as the broker counts; at least 1 for a redelivery."""

    def ack(self) -> None: ...


class Consumer(Protocol):
    """A subscription to one queue, for one thread."""

    def next(self, timeout: timedelta) -> Delivery | None:
        """The next delivery, or None when none came within `timeout`."""

    def close(self) -> None:
        """End the subscription. What was delivered and not acked goes back to the queue."""


class Broker(Protocol):
    """The queues between the stages.

    - `durable` is true when what was confirmed survives this process.
    - `origin` is sent with every bundle. It is set before the first publish.
    - A message that is no bundle never reaches a consumer: it is set aside with its bytes and headers, and acked.
    """

    durable: bool
    origin: Origin

    def declare(self, queues: Sequence[str], rungs: Sequence[timedelta]) -> None:
        """Create the queues, and what the rungs need, where they do not exist. Changes and deletes nothing.

        Raises `Misconfigured` when one of them exists with other properties, `Transient` when the broker does not
        answer.
        """

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        """Publish bundles to their queues, and announce events to subscribers.

        - Returns when every bundle is confirmed and has reached its queue; otherwise raises `Transient`.
        - A bundle that is larger than the broker takes is published in parts.
        - Raises `EventsTooLarge` when an event is too large by itself. Then no bundle was published, and no other
          publish is disturbed.
        - A bundle with a `wait` cannot be consumed before the wait is over, and holds up no other bundle.
        - Announced events go to the exchange in one bundle for each event type, with the type as routing key.
        """

    def consume(self, queue: str, prefetch: int | None = None) -> Consumer:
        """Subscribe to a queue.

        - At most `prefetch` bundles are delivered and not acked at any time; None leaves the number to the broker.
        - The consumer survives every outage of the broker: until the broker answers again, nothing is delivered.
        """

    def set_aside(self, bundle: Bundle, kind: AsideKind, why: str) -> None:
        """Keep a consumed bundle for an operator (see `SetAside`) instead of processing it; then it may be acked.

        Raises `Transient` when it cannot be kept now.
        """

    def keep_witness(self, ledger: str, text: str) -> None:
        """Keep a text about a ledger in place of the last one. Nothing is kept when the broker is not durable."""

    def read_witness(self, ledger: str) -> str | None:
        """The text that was kept last about this ledger, by any process; None when there is none."""

    def is_idle(self, stage: str) -> bool:
        """Whether no bundle is ready at a stage or its quarantine. What waits or is being handled is not seen."""

    def has_room(self) -> bool:
        """Whether intake may publish more: false while too many bundles wait."""

    def depth(self) -> int:
        """The number of bundles that are ready or delivered and not acked, in all queues.

        Bundles that are held back by a `wait` are not counted.
        """

    def next_due(self) -> datetime | None:
        """When the earliest bundle that is held back becomes ready. None when there is none, or the broker has a clock
        of its own.
        """

    def wait_for_change(self, timeout: timedelta) -> None:
        """Return when this process has published or acked something, or after `timeout`."""

    def close(self) -> None: ...
