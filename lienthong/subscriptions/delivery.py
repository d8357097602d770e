"""Delivery for one subscription: read, deliver, record. The place is recorded after the delivery, never before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Literal, Protocol

import structlog

from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.ports import Clock, Ledger, Transaction
from lienthong.subscriptions.channel import Answer, Channel, Delivered, Gone, Refused, TryLater
from lienthong.subscriptions.model import Place, State, Subscription, Trouble
from lienthong.subscriptions.pages import Page, read_page
from lienthong.subscriptions.ports import Announcements, Step, Subscriptions
from lienthong.subscriptions.selection import Selection

Turn = Literal["delivered", "passed", "idle", "waiting", "off"]
"""What one turn did: a batch was delivered; none was due, and events were filtered out; nothing is new; a delivery
failed, and the next attempt is later; nothing is delivered for it."""

log = structlog.get_logger(__name__)


class NoteLook(Protocol):
    """Records that personal data was sent in clear."""

    def __call__(self, subscription: Subscription, events: int, transaction: Transaction, /) -> None: ...


class Delivery:
    """Delivers for the subscription `name`, one turn after the other, in one thread. `close` ends it."""

    def __init__(
        self,
        name: str,
        *,
        announcements: Announcements,
        subscriptions: Subscriptions,
        ledger: Ledger,
        clock: Clock,
        make_selection: Callable[[Subscription], Selection],
        make_channel: Callable[[Subscription], Channel],
        note_look: NoteLook,
    ) -> None:
        self.name = name
        self._announcements = announcements
        self._subscriptions = subscriptions
        self._ledger = ledger
        self._clock = clock
        self._make_selection = make_selection
        self._make_channel = make_channel
        self._note_look = note_look
        self._channel: Channel | None = None
        self._channel_key: object = None
        self._kept: tuple[Place, Page] | None = None
        self._in_clear = False

    def turn(self) -> Turn:
        """Deliver the next batch, if one is due. Raises `Transient` when the ledger does not answer."""
        subscription = self._subscriptions.find(self.name)
        if subscription is None or not subscription.is_pushed:
            self.close()
            return "off"
        again_at = subscription.trouble.again_at
        if again_at is not None and self._clock.now() < again_at:
            return "waiting"
        if self._channel is not None and self._channel.rest():
            return "waiting"
        page = self._next_page(subscription)
        if page.batch:
            return self._deliver(subscription, page)
        if page.filtered:
            self._record(subscription, Step(page.end, filtered=page.filtered))
        self._kept = None
        return "idle" if page.is_last else "passed"

    def close(self) -> None:
        """Free the channel."""
        channel, self._channel, self._kept = self._channel, None, None
        if channel is not None:
            channel.close()

    def _next_page(self, subscription: Subscription) -> Page:
        """The next batch; the same one again after one that failed, so that a repetition is known as such."""
        if self._kept is not None and self._kept[0] == subscription.place:
            return self._kept[1]
        selection = self._make_selection(subscription)
        page = read_page(
            self._announcements,
            selection,
            subscription.types,
            place=subscription.place,
            limit=subscription.batch,
            upto=self._announcements.settled(),
        )
        self._kept, self._in_clear = (subscription.place, page), selection.in_clear
        return page

    def _deliver(self, subscription: Subscription, page: Page) -> Turn:
        answer = self._answer(subscription, page)
        match answer:
            case Delivered():
                self._record(subscription, Step(page.end, len(page.batch), page.filtered))
            case Refused(event_ids=event_ids, why=why):
                dead = [one for one in page.batch if one.id in event_ids]
                delivered = len(page.batch) - len(dead)
                log.warning("a subscriber refused events", subscription=self.name, events=len(dead), why=why)
                self._record(subscription, Step(page.end, delivered, page.filtered, dead, why))
            case TryLater(after=after, why=why):
                return self._try_later(subscription, after, why)
            case Gone(why=why):
                log.warning("a subscription has ended: its receiver wants nothing any more", subscription=self.name)
                self._change(subscription, Trouble(why=why), "ended")
                return "off"
        self._kept = None
        return "delivered"

    def _answer(self, subscription: Subscription, page: Page) -> Answer:
        settings = (subscription.created_at, subscription.url, subscription.settings, subscription.secret)
        key = (*settings, subscription.previous_secret)
        if self._channel is not None and self._channel_key != key:
            channel, self._channel = self._channel, None
            channel.close()
        if self._channel is None:
            self._channel, self._channel_key = self._make_channel(subscription), key
        try:
            return self._channel.deliver(page.batch)
        except Transient as down:
            return TryLater(down.after, down.why)
        except Exception as error:
            log.exception("undeclared error of a channel", subscription=self.name)
            return TryLater(None, message("undeclared error during delivery: {error}", error=type(error).__name__))

    def _try_later(self, subscription: Subscription, after: timedelta | None, why: str) -> Turn:
        assert self._channel is not None  # noqa: S101 - it has just answered
        now, before = self._clock.now(), subscription.trouble
        failures, since = before.failures + 1, before.since or now
        wait = self._channel.patience.wait(failures, since, now, after)
        if wait is None:
            log.error("a subscription is paused after the last attempt", subscription=self.name, why=why)
            self._change(subscription, Trouble(failures, since, None, why), "paused")
            return "off"
        log.warning("a delivery to a subscriber failed", subscription=self.name, failures=failures, why=why)
        self._change(subscription, Trouble(failures, since, now + wait, why), "failing")
        return "waiting"

    def _record(self, subscription: Subscription, step: Step) -> None:
        """Record the step. One that another process recorded before, or that comes after a removal, is left out."""
        with self._ledger.transaction() as transaction:
            moved = self._subscriptions.advance(subscription, step, self._clock.now(), transaction)
            if moved and step.delivered and self._in_clear:
                self._note_look(subscription, step.delivered, transaction)

    def _change(self, subscription: Subscription, trouble: Trouble, state: State) -> None:
        with self._ledger.transaction() as transaction:
            self._subscriptions.note_trouble(subscription, trouble, state, transaction)
