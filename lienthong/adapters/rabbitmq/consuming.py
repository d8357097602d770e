"""Consuming: subscriptions that outlive every connection, and looks into the queues.

After each connect everything is declared again before anybody consumes, and from then on a supervisor looks: a queue
without our consumer, or one with messages and no delivery, is the commonest silent fault of all.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

import pika
import structlog

from lienthong.adapters.rabbitmq.connection import ChainLink
from lienthong.adapters.rabbitmq.declarations import Declaration
from lienthong.adapters.rabbitmq.requests import (
    MISSING,
    REFUSED,
    Question,
    ask,
    code_of,
    declaring,
    looking_at,
    text_of,
)
from lienthong.adapters.rabbitmq.subscription import Subscription
from lienthong.errors import Misconfigured, Transient

LOOK_EVERY, STARVED = 5.0, 15.0
"""Seconds between the supervisor's looks, and how long a queue may have messages for us and deliver none."""

_GLANCE = 0.2  # seconds between looks whether the broker does not let us in
_AGAIN = 1.0  # seconds before a declaration is tried again; after a restart queues answer 404 for a moment

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Depth:
    """What a look into a queue saw: messages ready to be delivered, and consumers of all processes."""

    ready: int
    consumers: int


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen in one moment. `in_hand` counts the deliveries this process has not acked."""

    depths: Mapping[str, Depth]
    in_hand: int


class Refused(Exception):  # noqa: N818 - an answer of the broker's, put into words by whoever asked
    """The broker refused a declaration; its own words."""


class Incoming:
    """Declares, consumes and looks; from any thread."""

    def __init__(
        self,
        parameters: pika.ConnectionParameters,
        patience: float,
        *,
        look_every: float = LOOK_EVERY,
        starved: float = STARVED,
    ) -> None:
        """`patience`: seconds the broker may take to answer."""
        self.link = ChainLink("incoming", parameters, self)
        self._patience = patience
        self._look_every = look_every
        self._starved = starved
        self._state = threading.Condition()
        self._connection: Any = None
        self._declarations: Sequence[Declaration] = ()
        self._subscriptions: list[Subscription] = []
        self._preparing = False
        self._asked: object = None

    def declare(self, declarations: Sequence[Declaration]) -> None:
        """Make what is missing, now and after every connect. Raises `Refused` when something is there and different,
        `Misconfigured` when the broker does not let us in, `Transient` when it does not answer.
        """
        self._declarations = declarations
        _, error = self._ask([declaring(one) for one in declarations])
        if code_of(error) not in {0, MISSING}:
            raise Refused(text_of(error))
        if error is not None:
            raise Transient(f"RabbitMQ chưa sẵn sàng: {text_of(error)}")

    def look(self, queues: Sequence[str]) -> Look:
        """Raises `Transient` when the broker does not answer or let us in, or one of the queues does not exist."""
        try:
            answers, error = self._ask([looking_at(queue) for queue in queues])
        except Misconfigured as refused:
            raise Transient(str(refused)) from refused
        if error is not None:
            raise Transient(f"không xem được hàng đợi trên RabbitMQ: {text_of(error)}")
        with self._state:
            in_hand = sum(subscription.in_hand for subscription in self._subscriptions)
        return Look(_depths(queues, answers), in_hand)

    def subscribe(self, queue: str, prefetch: int) -> Subscription:
        """A subscription that opens now if there is a connection, and whenever there is one again."""
        subscription = Subscription(queue, prefetch, self.link, self.declare_again)
        with self._state:
            self._subscriptions.append(subscription)
            connection = self._connection
        if connection is not None:
            self.link.call(partial(subscription.open, connection))
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        with self._state:
            if subscription in self._subscriptions:
                self._subscriptions.remove(subscription)
        subscription.close(self._patience)

    def declare_again(self) -> None:
        """Something that we declared is gone. Asked often, it is done once."""
        self.link.call(self._prepare_soon)

    def close(self) -> None:
        """Send the acks, give back what is in hand, say goodbye."""
        for subscription in list(self._subscriptions):
            self.unsubscribe(subscription)
        self.link.close()

    def opened(self, connection: Any) -> None:
        """See `Tenant`."""
        with self._state:
            self._connection = connection
            self._preparing, self._asked = False, None
            self._state.notify_all()
        self._prepare(connection)
        self._watch_later(connection)

    def lost(self, why: str) -> None:  # noqa: ARG002 - the link has logged it
        """See `Tenant`."""
        with self._state:
            self._connection = None
            subscriptions = list(self._subscriptions)
        for subscription in subscriptions:
            subscription.forget()

    def _ask(self, questions: Sequence[Question]) -> tuple[Sequence[Any], BaseException | None]:
        """The answers, and what ended the conversation early. Raises `Transient` when there is no answer in time, and
        `Misconfigured` when the broker does not let us in.
        """
        deadline = time.monotonic() + self._patience
        with self._state:
            while self._connection is None:
                if self.link.refused:
                    raise Misconfigured([self.link.refused])
                if time.monotonic() >= deadline:
                    raise Transient(self.link.trouble)
                self._state.wait(_GLANCE)
            connection = self._connection
        told: SimpleQueue[tuple[Sequence[Any], BaseException | None]] = SimpleQueue()
        self.link.call(lambda: ask(connection, questions, lambda answers, error: told.put((answers, error))))
        try:
            return told.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            raise Transient(f"RabbitMQ không trả lời trong {self._patience:g} giây") from None

    def _prepare_soon(self) -> None:
        connection = self._connection
        if connection is not None and not self._preparing:
            self._preparing = True
            self.link.later(connection, _AGAIN, partial(self._prepare, connection))

    def _prepare(self, connection: Any) -> None:
        """Declare, then consume. Until the broker agrees, again and again."""

        def done(_answers: Sequence[Any], error: BaseException | None) -> None:
            self._preparing = False
            if error is None or code_of(error) == REFUSED:
                for subscription in list(self._subscriptions):
                    subscription.open(connection)
            if error is not None and connection.is_open:
                log.error("cannot declare", why=text_of(error))
                if code_of(error) != REFUSED:
                    self._prepare_soon()

        ask(connection, [declaring(one) for one in self._declarations], done)

    def _watch_later(self, connection: Any) -> None:
        self.link.later(connection, self._look_every, partial(self._watch, connection))

    def _watch(self, connection: Any) -> None:
        """Look after every subscription. A peer that does not answer a look is given up, before heartbeats notice."""
        subscriptions = list(self._subscriptions)
        queues = sorted({subscription.queue for subscription in subscriptions})
        asked = self._asked = object()

        def done(answers: Sequence[Any], error: BaseException | None) -> None:
            self._asked = None
            if not connection.is_open:
                return
            if error is not None:
                self._prepare_soon()
            else:
                depths = _depths(queues, answers)
                for subscription in subscriptions:
                    self._examine(connection, subscription, depths[subscription.queue])
            self._watch_later(connection)

        def overdue() -> None:
            if self._asked is asked:
                self.link.cut("no answer to a look")

        self.link.later(connection, self._patience, overdue)
        ask(connection, [looking_at(queue) for queue in queues], done)

    def _examine(self, connection: Any, subscription: Subscription, depth: Depth) -> None:
        quiet = time.monotonic() - subscription.last_sign
        if depth.consumers == 0 and quiet > self._look_every:
            subscription.reopen(connection, "the queue has no consumer")
        elif depth.ready and quiet > self._starved and not subscription.is_full:
            subscription.reopen(connection, f"{depth.ready} ready and none delivered for {quiet:.0f} s")


def _depths(queues: Sequence[str], answers: Sequence[Any]) -> Mapping[str, Depth]:
    told = [answer.method for answer in answers]
    return {
        queue: Depth(method.message_count, method.consumer_count) for queue, method in zip(queues, told, strict=True)
    }
