"""Gathering: what waits in a queue anyway is taken together, so that a backlog costs less per event, not more.

A queue that is empty but for one bundle gives that bundle, at once: nobody waits for company.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from lienthong.envelope import NO_WAIT, Bundle
from lienthong.ports import Consumer, Delivery

MAX_MERGED_EVENTS = 2_000
"""Events that are handled together at most, unless a bundle is larger by itself."""


class DeliveryBatcher:
    """A consumer whose deliveries may be several of another's. See `Consumer`.

    Only bundles in the same turn and attempt go together, and none that was in somebody's hands before: whether
    somebody died over it is asked of each by itself.
    """

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self._kept: Delivery | None = None

    def next(self, timeout: timedelta) -> Delivery | None:
        """The next bundle, and those that lie behind it and go with it."""
        first, self._kept = self._kept or self._consumer.next(timeout), None
        if first is None or first.redelivered:
            return first
        together = [first]
        room = MAX_MERGED_EVENTS - len(first.bundle.envelopes)
        while room > 0 and (another := self._consumer.next(NO_WAIT)) is not None:
            if another.redelivered or not _goes_with(first.bundle, another.bundle, room):
                self._kept = another
                break
            together.append(another)
            room -= len(another.bundle.envelopes)
        return MergedDelivery(together) if len(together) > 1 else first

    def close(self) -> None:
        """What was kept for the next time was not acked, and is given back with everything else."""
        self._consumer.close()


class MergedDelivery:
    """Several deliveries as one. See `Delivery`."""

    redelivered = False
    redeliveries = 0

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        self._deliveries = deliveries
        # By id: a publisher that was not sure sent the same bundle twice, and one event is handled once.
        every = {envelope.id: envelope for delivery in deliveries for envelope in delivery.bundle.envelopes}
        self.bundle = replace(deliveries[0].bundle, envelopes=tuple(every.values()))

    def ack(self) -> None:
        for delivery in self._deliveries:
            delivery.ack()


def _goes_with(first: Bundle, another: Bundle, room: int) -> bool:
    same = (first.turn, first.attempt) == (another.turn, another.attempt)
    return same and len(another.envelopes) <= room
