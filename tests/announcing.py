"""Announced events in a ledger, and subscriptions to them, for tests."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from lienthong.adapters.sql.announcements import SqlAnnouncements
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.subscriptions import SqlSubscriptions
from lienthong.envelope import Envelope
from lienthong.ports import Clock
from lienthong.subscriptions.channel import Announced, Answer, Delivered, Doubling
from lienthong.subscriptions.delivery import Delivery
from lienthong.subscriptions.model import Place, Subscription
from lienthong.subscriptions.selection import Selection
from lienthong.topology import announcement_bundles
from tests.events import DAY, entry, event

STAGE = "route.shop"


def announce(ledger: SqlLedger, *names: str, **data: Any) -> Sequence[Envelope]:
    """Record and announce events with these names, together."""
    events = [event(name, **data) for name in names]
    with ledger.transaction() as transaction:
        transaction.record([entry(one, STAGE, "done") for one in events])
        transaction.announce(STAGE, announcement_bundles(events))
    return events


def subscribe(ledger: SqlLedger, subscriptions: SqlSubscriptions, name: str = "clinic", **more: Any) -> Subscription:
    """A subscription to the test events, from the beginning."""
    begin = {"start": Place(1), "place": Place(1), "keep": timedelta(days=90)}
    given: dict[str, Any] = {"types": ("test.event",), "channel": "webhook", **begin}
    one = Subscription(name=name, owner="", client="", created_at=DAY, **given | more)
    with ledger.transaction() as transaction:
        assert subscriptions.add(one, transaction)
    return one


class Receiver:
    """A channel that keeps what it was given, and gives the answers that it was made with."""

    patience = Doubling()

    def __init__(self, *answers: Answer) -> None:
        self.batches: list[list[str]] = []
        self.closed = False
        self._answers = list(answers)

    @property
    def names(self) -> list[str]:
        """The names of all events, in the order of their delivery."""
        return [name for batch in self.batches for name in batch]

    def deliver(self, batch: Sequence[Announced]) -> Answer:
        self.batches.append([one.event["subject"] for one in batch])
        return self._answers.pop(0) if self._answers else Delivered()

    def rest(self) -> timedelta:
        return timedelta()

    def close(self) -> None:
        self.closed = True


def make_delivery(
    ledger: SqlLedger, database: Any, clock: Clock, receiver: Receiver, *, selection: Selection | None = None
) -> Delivery:
    """The delivery of the subscription `clinic` to a receiver."""
    chosen = selection or Selection(in_clear=True)
    return Delivery(
        "clinic",
        announcements=SqlAnnouncements(database),
        subscriptions=SqlSubscriptions(database),
        ledger=ledger,
        clock=clock,
        make_selection=lambda _: chosen,
        make_channel=lambda _: receiver,
        note_look=lambda *_: None,
    )
