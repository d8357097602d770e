"""Merges deliveries that wait in a queue, so that a backlog costs less per event.

It never waits for more: a queue with one bundle gives that bundle at once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from lienthong.envelope import NO_WAIT, Bundle
from lienthong.ports import Consumer, Delivery

MAX_MERGED_EVENTS = 2_000
"""The number of events in a merged delivery, at most. A bundle that is larger by itself is not merged."""


class DeliveryBatcher:
    """A consumer that merges deliveries of another one. See `Consumer`.

    Only bundles of the same turn and attempt are merged, and no redelivery is: whether a worker died over a bundle must
    be found out for each bundle by itself.
    """

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self._next: Delivery | None = None

    def next(self, timeout: timedelta) -> Delivery | None:
        """The next delivery, merged with those that wait behind it. None when none came within `timeout`."""
        first = self._next or self._consumer.next(timeout)
        self._next = None
        if first is None or first.redelivered:
            return first
        deliveries = [first]
        room = MAX_MERGED_EVENTS - len(first.bundle.envelopes)
        while room > 0 and (delivery := self._consumer.next(NO_WAIT)) is not None:
            if delivery.redelivered or not _can_merge(first.bundle, delivery.bundle, room):
                self._next = delivery
                break
            deliveries.append(delivery)
            room -= len(delivery.bundle.envelopes)
        return MergedDelivery(deliveries) if len(deliveries) > 1 else first

    def close(self) -> None:
        """Close the consumer. A delivery that was kept for the next call is not acked, so it goes back to the queue."""
        self._consumer.close()


class MergedDelivery:
    """Several deliveries as one. See `Delivery`."""

    redelivered = False
    redeliveries = 0

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        self._deliveries = deliveries
        # By id: a publisher without a confirm publishes a bundle again, and then an event is in two of the deliveries.
        envelopes = {envelope.id: envelope for delivery in deliveries for envelope in delivery.bundle.envelopes}
        self.bundle = replace(deliveries[0].bundle, envelopes=tuple(envelopes.values()))

    def ack(self) -> None:
        for delivery in self._deliveries:
            delivery.ack()


def _can_merge(first: Bundle, other: Bundle, room: int) -> bool:
    same_try = (first.turn, first.attempt, first.origin) == (other.turn, other.attempt, other.origin)
    return same_try and len(other.envelopes) <= room
