"""Lets a worker handle single deliveries in tests, without a thread."""

import threading
from datetime import timedelta

from lienthong.envelope import Bundle
from lienthong.ports import Delivery
from lienthong.processing.worker import Worker

STOPPED = threading.Event()
STOPPED.set()
"""A stop signal that is set: a worker that must wait for the ledger or the broker returns at once."""


class OneDelivery:
    """A consumer of one delivery."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery: Delivery | None = delivery

    def next(self, timeout: timedelta) -> Delivery | None:
        delivery, self._delivery = self._delivery, None
        return delivery

    def close(self) -> None: ...


class Delivered:
    """A delivery with a number of redeliveries."""

    def __init__(self, bundle: Bundle, redeliveries: int = 0) -> None:
        self.bundle = bundle
        self.redeliveries = redeliveries
        self.redelivered = redeliveries > 0
        self.acked = False

    def ack(self) -> None:
        self.acked = True


def serve(worker: Worker, delivery: Delivery) -> None:
    """Let the worker process one delivery. It is not acked when the ledger or the broker does not answer."""
    worker.serve_next(OneDelivery(delivery), STOPPED)
